import type { MomentSums } from "../../monitoring/windowProfile";

/** columns beyond these are left out: products grow with their square */
const mostColumns = 40;

/** Sums rows of numbers while they come. */
export class MomentCounter {
  readonly columns: string[];
  private rows = 0;
  private readonly sums: Float64Array;
  private readonly products: Float64Array;
  private known = new Int32Array(0);

  constructor(columns: string[]) {
    this.columns = columns.slice(0, mostColumns);
    const { length } = this.columns;
    this.sums = new Float64Array(length);
    this.products = new Float64Array((length * (length + 1)) / 2);
  }

  /** Adds `count` rows, whose values stand by column; rows with a missing one (NaN) are left out. */
  add(values: Float64Array[], count: number): void {
    const width = this.sums.length;
    if (width === 0) return;
    const known = this.knownRows(values, count);
    this.rows += known.length;
    let at = 0;
    for (let i = 0; i < width; i++) {
      let sum = 0;
      for (const row of known) sum += values[i][row];
      this.sums[i] += sum;
      for (let j = i; j < width; j++) this.products[at++] += dot(values[i], values[j], known);
    }
  }

  /** The sums so far. */
  total(): MomentSums {
    return { columns: this.columns, rows: this.rows, sums: [...this.sums], products: [...this.products] };
  }

  private knownRows(values: Float64Array[], count: number): Int32Array {
    if (this.known.length < count) this.known = new Int32Array(count);
    let length = 0;
    for (let row = 0; row < count; row++) {
      let isKnown = true;
      for (let i = 0; i < this.sums.length && isKnown; i++) isKnown = !Number.isNaN(values[i][row]);
      if (isKnown) this.known[length++] = row;
    }
    return this.known.subarray(0, length);
  }
}

function dot(a: Float64Array, b: Float64Array, rows: Int32Array): number {
  let sum = 0;
  for (let i = 0; i < rows.length; i++) sum += a[rows[i]] * b[rows[i]];
  return sum;
}

/** The sums of two parts together. */
export function mergeMoments(a: MomentSums, b: MomentSums): MomentSums {
  return {
    columns: a.columns,
    rows: a.rows + b.rows,
    sums: a.sums.map((sum, i) => sum + b.sums[i]),
    products: a.products.map((product, i) => product + b.products[i]),
  };
}
