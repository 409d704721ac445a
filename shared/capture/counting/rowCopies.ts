/**
 * How often rows came, of a sample of them: those with the smallest hashes of all (bottom-k, Cohen and Kaplan 2007), so
 * that the sample of a whole is the sum of the samples of its parts in any order. It holds every row while there are
 * few.
 */
export interface RowCopies {
  /** ascending, 53 bits each */
  hashes: number[];
  /** in how many requests each came */
  counts: number[];
}

const sampleSize = 512;

/** The sample of no rows. */
export function noCopies(): RowCopies {
  return { hashes: [], counts: [] };
}

/** The sample of two parts together. */
export function mergeCopies(a: RowCopies, b: RowCopies): RowCopies {
  if (a.hashes.length === 0) return b;
  const counts = new Map(a.hashes.map((hash, i) => [hash, a.counts[i]]));
  for (const [i, hash] of b.hashes.entries()) counts.set(hash, (counts.get(hash) ?? 0) + b.counts[i]);
  return sampleOf(counts);
}

function sampleOf(counts: Map<number, number>): RowCopies {
  const hashes = Float64Array.from(counts.keys()).sort().subarray(0, sampleSize);
  return { hashes: [...hashes], counts: Array.from(hashes, (hash) => counts.get(hash) as number) };
}

/** How many of `rows` repeat a row of an earlier request: exact while the sample holds every row, else estimated. */
export function repeatedRows({ hashes, counts }: RowCopies, rows: number): number {
  const sampled = counts.reduce((sum, count) => sum + count, 0);
  const repeated = sampled - hashes.length;
  if (hashes.length < sampleSize || repeated === 0) return repeated;
  return Math.round((repeated / sampled) * rows);
}

interface Copy {
  count: number;
  /** the request that was counted last */
  request: number;
}

/** Counts rows by their hash while they come. */
export class CopyCounter {
  private readonly copies = new Map<number, Copy>();
  /** hashes at or above it belong to no sample */
  private limit = Number.POSITIVE_INFINITY;

  /** Counts rows of requests; hashes of 64 bits in two halves. */
  add(high: Int32Array, low: Int32Array, requests: Int32Array, count: number): void {
    for (let row = 0; row < count; row++) {
      const hash = (high[row] >>> 0) * 2 ** 21 + (low[row] >>> 11);
      if (hash < this.limit) this.addOne(hash, requests[row]);
    }
  }

  /** The sample of what was counted. */
  sample(): RowCopies {
    return sampleOf(new Map([...this.copies].map(([hash, { count }]) => [hash, count])));
  }

  private addOne(hash: number, request: number): void {
    const known = this.copies.get(hash);
    if (known === undefined) {
      this.copies.set(hash, { count: 1, request });
      if (this.copies.size >= 4 * sampleSize) this.prune();
    } else if (known.request !== request) {
      known.count++;
      known.request = request;
    }
  }

  private prune(): void {
    const hashes = Float64Array.from(this.copies.keys()).sort();
    this.limit = hashes[sampleSize];
    for (const hash of hashes.subarray(sampleSize)) this.copies.delete(hash);
  }
}
