import type { PreparedData } from "../data/preparedData";
import type { SelectionMetric } from "../usecase/selectionSpec";
import { automaticBlockLength } from "./blockLength";
import { median } from "./orderStatistics";
import { isClassifier, type ModelOutput, meanMetric } from "./weightedMetric";

/** What was drawn as one for the intervals: rows, groups, or blocks of days, and how many blocks of them there were. */
export interface Resampling {
  unit: PreparedData["blockUnit"];
  blockDays?: number;
  blocks: number;
}

/** With fewer blocks the ends of an interval are rough. */
export const fewBlocks = 20;

/**
 * The block of each row. Groups, and copies of a row, are drawn whole; days are joined to blocks that are as long as
 * errors stay correlated: by `blockDays`, or else the longest that any of `losses` (one value per row) asks for by its
 * sums of days.
 */
export function chooseBlocks(
  { blocks: units, blockUnit: unit }: Pick<PreparedData, "blocks" | "blockUnit">,
  losses: Float64Array[],
  blockDays?: number,
): { blocks: Int32Array; resampling: Resampling } {
  if (unit !== "day") return { blocks: units, resampling: { unit, blocks: new Set(units).size } };
  const days = [...new Set(units)].sort((a, b) => a - b);
  const length = blockDays ?? stepDays(days) * Math.max(1, ...losses.map((loss) => stepsOf(loss, units, days)));
  const blocks = units.map((day) => Math.floor((day - days[0]) / length));
  return { blocks, resampling: { unit, blockDays: length, blocks: new Set(blocks).size } };
}

/** The usual number of days from one day with rows to the next. */
function stepDays(days: number[]): number {
  if (days.length < 2) return 1;
  return Math.round(median(Float64Array.from(days.slice(1), (day, i) => day - days[i])));
}

/** How many days with rows make a block, by what each adds to the mean of the loss. */
function stepsOf(loss: Float64Array, units: Int32Array, days: number[]): number {
  const place = new Map(days.map((day, at) => [day, at]));
  const mean = loss.reduce((sum, value) => sum + value, 0) / loss.length;
  const sums = new Float64Array(days.length);
  for (let row = 0; row < loss.length; row++) sums[place.get(units[row]) as number] += loss[row] - mean;
  return Math.ceil(automaticBlockLength(sums));
}

/**
 * What a model loses, per row: by the metric, or, where that is not a mean over rows, by the Brier score or the squared
 * error.
 */
export function lossByRow(metric: SelectionMetric, output: ModelOutput): Float64Array {
  const mean = meanMetric(metric, output) ?? meanMetric(isClassifier(output) ? "brier" : "rmse", output);
  if (mean === undefined) throw new Error("a loss is a mean over rows");
  return mean.byRow;
}
