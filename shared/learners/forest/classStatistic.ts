import { accumulate, clampDraws, type LaneLayout } from "./classHistogram";
import type { NodeStatistic } from "./nodeStatistic";

/** Rows and integer weights of each class. */
export class ClassStatistic implements NodeStatistic {
  readonly rowUnit: number;
  private readonly lanes: Float64Array;

  /** `codes` is the class of each row, `weights` its integer weight. */
  constructor(
    readonly codes: Int32Array,
    readonly laneCount: number,
    private readonly weights: Float64Array,
    layout: LaneLayout,
  ) {
    this.rowUnit = layout.rowUnit;
    this.lanes = new Float64Array(codes.length);
  }

  load(row: number, draws: number): void {
    this.lanes[row] = this.rowUnit + clampDraws(draws) * this.weights[row];
  }

  sum(rows: Int32Array, count: number): Float64Array {
    const { codes, lanes, rowUnit } = this;
    const sums = new Float64Array(this.laneCount);
    for (let at = 0; at < count; at++) sums[codes[rows[at]]] += lanes[rows[at]] - rowUnit;
    return sums;
  }

  accumulate(histogram: Float64Array, codes: Uint16Array, rows: Int32Array, from: number, to: number): void {
    accumulate(histogram, codes, this.lanes, rows, from, to);
  }

  sumBelow(codes: Uint16Array, limit: number, rows: Int32Array, from: number, to: number, sums: Float64Array): void {
    const { lanes, codes: classes } = this;
    for (let at = from; at < to; at++) {
      const row = rows[at];
      sums[classes[row]] += lanes[row] * ((codes[row] - limit) >>> 31);
    }
  }

  isPure(_rows: Int32Array, _from: number, _to: number, sums: Float64Array): boolean {
    let present = 0;
    for (let lane = 0; lane < sums.length; lane++) if (sums[lane] > 0) present++;
    return present < 2;
  }
}
