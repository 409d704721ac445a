/**
 * A stream of uniform 32-bit integers: xoshiro128** (Blackman and Vigna 2018, prng.di.unimi.it), its state filled by
 * splitmix32 from `seed` and `stream`, so that every tree has a stream of its own wherever it is grown.
 */
export class RandomStream {
  private a: number;
  private b: number;
  private c: number;
  private d: number;

  constructor(seed: number, stream: number) {
    // 32 low and 21 high bits of the seed, so that large seeds (time stamps) differ too
    let state = mix(mix(mix(seed | 0) ^ Math.floor(seed / 2 ** 32)) ^ stream);
    const next = () => {
      state = (state + 0x9e3779b9) | 0;
      return mix(state);
    };
    this.a = next();
    this.b = next();
    this.c = next();
    this.d = next() | 1; // never all zero
  }

  /** The next integer, 0 to 2^32 - 1. */
  next(): number {
    const b = this.b;
    const product = Math.imul(b, 5);
    const result = Math.imul((product << 7) | (product >>> 25), 9);
    const c = this.c ^ this.a;
    const d = this.d ^ b;
    this.b = b ^ c;
    this.a ^= d;
    this.c = c ^ (b << 9);
    this.d = (d << 11) | (d >>> 21);
    return result >>> 0;
  }

  /** A uniform integer, 0 to `bound` - 1. */
  below(bound: number): number {
    return Math.floor(this.next() * bound * 2 ** -32);
  }
}

function mix(value: number): number {
  let z = value;
  z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
  z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
  return z ^ (z >>> 15);
}
