import type { NumberBins, NumberProfile } from "../../monitoring/profile";
import type { ValueSums } from "../../monitoring/windowProfile";
import { type FeatureDomain, float32Limits } from "../../onnx/featureDomain";
import { type CountedFaults, noFaults } from "./counted";
import { batchRows, type InputColumn } from "./inputColumn";
import { NameCounter } from "./nameSample";

export interface NumberColumnOptions {
  bins: NumberBins;
  domain?: FeatureDomain;
  /** of the training rows; null where none had a value */
  least: number | null;
  greatest: number | null;
  /** the column's place in a row */
  position: number;
  /** cells are true or false, and count as 1 or 0 */
  isBoolean: boolean;
  /** how many values that training never saw are told */
  mostUnseen: number;
}

/** of a float32 */
const largest = 3.4028234663852886e38;
const open: [number, number] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];

/** A number input: what training reads as missing is missing here too. */
export class NumberColumn implements InputColumn {
  readonly type = "number";
  readonly name: string;
  readonly values = new Float64Array(batchRows);
  readonly given = new Float64Array(batchRows);
  private readonly edges: Float64Array;
  private readonly bins: Float64Array;
  private readonly binSums: Float64Array;
  private readonly fences: [number, number];
  private readonly found = noFaults();
  private readonly unseenCounts: NameCounter;
  private readonly limits;
  /** numbers from here to there need no further look */
  private readonly usual: [number, number];
  private known = 0;
  private missing = 0;
  private min = Number.POSITIVE_INFINITY;
  private max = Number.NEGATIVE_INFINITY;
  private sum = 0;
  private sumSquares = 0;
  private first = 0;
  private last = 0;
  private apart = 0;

  constructor(private readonly options: NumberColumnOptions) {
    const { bins, domain, least, greatest, mostUnseen } = options;
    this.name = bins.name;
    this.edges = Float64Array.from(bins.edges);
    this.bins = new Float64Array(bins.edges.length + 1);
    this.binSums = new Float64Array(bins.edges.length + 1);
    this.fences = bins.fences ?? open;
    const declared = float32Limits(domain ?? { sentinels: [] });
    this.limits = { ...declared, low: Math.max(declared.low, -largest), high: Math.min(declared.high, largest) };
    this.unseenCounts = new NameCounter(mostUnseen);
    const { low, high, sentinels } = this.limits;
    const usual: [number, number] = [
      Math.max(low, least ?? open[0], this.fences[0]),
      Math.min(high, greatest ?? open[1], this.fences[1]),
    ];
    const hasSentinel = sentinels.some((value) => value >= usual[0] && value <= usual[1]);
    this.usual = hasSentinel ? [open[1], open[0]] : usual;
  }

  take(rows: unknown[][], from: number, to: number, at: number): void {
    const { values, given } = this;
    const { position } = this.options;
    const [usualLow, usualHigh] = this.usual;
    for (let row = from; row < to; row++, at++) {
      const cell = rows[row][position];
      if (typeof cell === "number") {
        const rounded = Math.fround(cell);
        given[at] = rounded;
        values[at] = rounded >= usualLow && rounded <= usualHigh ? rounded : this.judge(cell, rounded);
      } else {
        const other = this.judgeOther(cell);
        given[at] = other;
        values[at] = other;
      }
    }
  }

  takeRefused(row: unknown[]): void {
    const cell = row[this.options.position];
    if (typeof cell !== "number" && cell !== null && cell !== undefined) this.judgeOther(cell);
  }

  count(count: number): void {
    const { values, edges, bins, binSums } = this;
    const [lowest, highest] = this.fences;
    let { known, min, max, sum, sumSquares, first, last, apart } = this;
    for (let row = 0; row < count; row++) {
      const value = values[row];
      if (Number.isNaN(value)) continue;
      let low = 0;
      let high = edges.length;
      while (low < high) {
        const middle = (low + high) >> 1;
        if (edges[middle] <= value) low = middle + 1;
        else high = middle;
      }
      const fenced = value < lowest ? lowest : value > highest ? highest : value;
      bins[low]++;
      binSums[low] += fenced;
      if (known === 0) first = fenced;
      else apart += (fenced - last) * (fenced - last);
      last = fenced;
      known++;
      sum += value;
      sumSquares += value * value;
      if (value < min) min = value;
      if (value > max) max = value;
    }
    this.missing += count - (known - this.known);
    Object.assign(this, { known, min, max, sum, sumSquares, first, last, apart });
  }

  profile(): NumberProfile {
    const { known: count, missing, min, max, sum, sumSquares, first, last, apart } = this;
    const range = count === 0 ? { min: null, max: null } : { min, max };
    const [bins, binSums] = [[...this.bins], [...this.binSums]];
    return { count, missing, ...range, sum, sumSquares, bins, binSums, neighbours: { first, last, apart } };
  }

  faults(): CountedFaults {
    return this.found;
  }

  unseen(): Record<string, number> {
    return this.unseenCounts.total();
  }

  /** The number as it counts, NaN where it is missing. */
  private judge(cell: number, rounded: number): number {
    const { low, high, sentinels } = this.limits;
    const { domain, least, greatest } = this.options;
    const declared = domain?.sentinels as number[] | undefined;
    if (sentinels.includes(rounded) || declared?.some((value) => Math.fround(value) === rounded)) {
      this.found.sentinels++;
      return Number.NaN;
    }
    if (rounded < this.fences[0] || rounded > this.fences[1]) this.found.beyondFences++;
    const isInRange = rounded >= low && rounded <= high;
    if (!isInRange || rounded < (least ?? rounded) || rounded > (greatest ?? rounded))
      this.unseenCounts.add(String(cell));
    if (isInRange) return rounded;
    this.found.outOfRange++;
    this.found.outside = withValue(this.found.outside, rounded);
    return Number.NaN;
  }

  private judgeOther(cell: unknown): number {
    if (cell === null || cell === undefined) this.found.missing++;
    else if (this.options.isBoolean && typeof cell === "boolean") return cell ? 1 : 0;
    else this.found.wrongType++;
    return Number.NaN;
  }
}

function withValue(sums: ValueSums | null, value: number): ValueSums {
  const { sum, sumSquares, min, max } = sums ?? { sum: 0, sumSquares: 0, min: value, max: value };
  return {
    sum: sum + value,
    sumSquares: sumSquares + value * value,
    min: Math.min(min, value),
    max: Math.max(max, value),
  };
}
