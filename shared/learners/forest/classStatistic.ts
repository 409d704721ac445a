import { accumulate, clampDraws, type WeightLayout } from "./classHistogram";
import type { NodeStatistic } from "./nodeStatistic";

/** Rows and integer weights of each class. */
export class ClassStatistic implements NodeStatistic {
  readonly rowUnit: number;
  private readonly countedWeights: Float64Array;

  /** `codes` is the class of each row, `weights` its integer weight. */
  constructor(
    readonly codes: Int32Array,
    readonly sumCount: number,
    private readonly weights: Float64Array,
    layout: WeightLayout,
  ) {
    this.rowUnit = layout.rowUnit;
    this.countedWeights = new Float64Array(codes.length);
  }

  load(row: number, draws: number): void {
    this.countedWeights[row] = this.rowUnit + clampDraws(draws) * this.weights[row];
  }

  sum(rows: Int32Array, count: number): Float64Array {
    const { codes, countedWeights, rowUnit } = this;
    const sums = new Float64Array(this.sumCount);
    for (let at = 0; at < count; at++) sums[codes[rows[at]]] += countedWeights[rows[at]] - rowUnit;
    return sums;
  }

  accumulate(histogram: Float64Array, codes: Uint16Array, rows: Int32Array, from: number, to: number): void {
    accumulate(histogram, codes, this.countedWeights, rows, from, to);
  }

  sumBelow(codes: Uint16Array, limit: number, rows: Int32Array, from: number, to: number, sums: Float64Array): void {
    const { countedWeights, codes: classes } = this;
    for (let at = from; at < to; at++) {
      const row = rows[at];
      sums[classes[row]] += countedWeights[row] * ((codes[row] - limit) >>> 31);
    }
  }

  isPure(_rows: Int32Array, _from: number, _to: number, sums: Float64Array): boolean {
    let present = 0;
    for (let k = 0; k < sums.length; k++) if (sums[k] > 0) present++;
    return present < 2;
  }
}
