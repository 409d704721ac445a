import { clampDraws, type WeightLayout } from "./classHistogram";
import type { NodeStatistic } from "./nodeStatistic";

/** Rows with their integer weights, and the weighted sum of their values. */
export class ValueStatistic implements NodeStatistic {
  readonly sumCount = 2;
  readonly rowUnit: number;
  readonly codes: Int32Array;
  private readonly countedWeights: Float64Array;
  private readonly moments: Float64Array;

  /**
   * `values` is the number to learn of each row, less a centre that keeps sums of squares exact; `weights` its integer
   * weight.
   */
  constructor(
    private readonly values: Float64Array,
    private readonly weights: Float64Array,
    layout: WeightLayout,
  ) {
    this.rowUnit = layout.rowUnit;
    this.codes = new Int32Array(values.length);
    this.countedWeights = new Float64Array(values.length);
    this.moments = new Float64Array(values.length);
  }

  load(row: number, draws: number): void {
    const weight = clampDraws(draws) * this.weights[row];
    this.countedWeights[row] = this.rowUnit + weight;
    this.moments[row] = weight * this.values[row];
  }

  sum(rows: Int32Array, count: number): Float64Array {
    const sums = new Float64Array(2);
    for (let at = 0; at < count; at++) {
      sums[0] += this.countedWeights[rows[at]] - this.rowUnit;
      sums[1] += this.moments[rows[at]];
    }
    return sums;
  }

  accumulate(histogram: Float64Array, codes: Uint16Array, rows: Int32Array, from: number, to: number): void {
    const { countedWeights, moments } = this;
    for (let at = from; at < to; at++) {
      const row = rows[at];
      const code = codes[row];
      histogram[code] += countedWeights[row];
      histogram[code + 1] += moments[row];
    }
  }

  sumBelow(codes: Uint16Array, limit: number, rows: Int32Array, from: number, to: number, sums: Float64Array): void {
    const { countedWeights, moments } = this;
    let counted = 0;
    let moment = 0;
    for (let at = from; at < to; at++) {
      const row = rows[at];
      const below = (codes[row] - limit) >>> 31;
      counted += countedWeights[row] * below;
      moment += moments[row] * below;
    }
    sums[0] += counted;
    sums[1] += moment;
  }

  isPure(rows: Int32Array, from: number, to: number): boolean {
    const first = this.values[rows[from]];
    for (let at = from + 1; at < to; at++) if (this.values[rows[at]] !== first) return false;
    return true;
  }
}
