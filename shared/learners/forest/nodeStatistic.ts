/** What a tree sums over the rows of a node, a few numbers per bin; classes and values differ in nothing else. */
export interface NodeStatistic {
  sumCount: number;
  /** which of a bin's sums each row adds to; its bins are coded with it, see binColumn */
  codes: Int32Array;
  /** what one row counts in a sum, see WeightLayout */
  rowUnit: number;
  /** Takes `row` into the next tree's sample, drawn that many times. */
  load(row: number, draws: number): void;
  /** Sums of the first `count` of `rows`, without the count of rows. */
  sum(rows: Int32Array, count: number): Float64Array;
  /** Adds rows[from, to) to the histogram entries that `codes` names. */
  accumulate(histogram: Float64Array, codes: Uint16Array, rows: Int32Array, from: number, to: number): void;
  /**
   * Adds rows[from, to) whose code is below `limit` to `sums`, with the count of rows, see WeightLayout. No branch
   * depends on the data.
   */
  sumBelow(codes: Uint16Array, limit: number, rows: Int32Array, from: number, to: number, sums: Float64Array): void;
  /** Whether rows[from, to), which sum to `sums`, are all alike, so that no split can help. */
  isPure(rows: Int32Array, from: number, to: number, sums: Float64Array): boolean;
}
