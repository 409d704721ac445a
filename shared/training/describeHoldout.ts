import type { PreparedData } from "../data/preparedData";
import { metricInterval } from "../evaluation/metricInterval";
import { type SliceMetric, sliceMetrics } from "../evaluation/sliceMetrics";
import { type Slicing, sliceByLevel, sliceByMonth, sliceByQuartile } from "../evaluation/slicing";
import { isClassifier } from "../evaluation/weightedMetric";
import { gather } from "../featureTable";
import type { MetricInterval, VersionSaving } from "../registry/modelVersion";
import type { EvaluationSpec } from "../usecase/evaluationSpec";
import type { SelectionMetric } from "../usecase/selectionSpec";
import { holdoutSaving } from "./holdoutSaving";
import type { JudgedHoldout } from "./judgedHoldout";

/** Interval of one of the model's own metrics; none where it is undefined. */
export function intervalOf({ model, draws }: JudgedHoldout, metric: SelectionMetric): Record<string, MetricInterval> {
  const { confidence } = draws;
  const { value, ends } = metricInterval(metric, model, draws);
  return ends === undefined ? {} : { [metric]: { value, ...ends, confidence } };
}

/** The selection metric by part of the hold-out, cut by a column. */
export function slicesOf({ task, data, model, draws }: JudgedHoldout, column: string): SliceMetric[] {
  const { minSliceRows } = task.evaluation as EvaluationSpec;
  return sliceMetrics(task.metric, model, slicingOf(column, data, task.time), { ...draws, minRows: minSliceRows });
}

/** What the model's decisions cost and save, where the spec has costs and the label classes. */
export function savingOf(judged: JudgedHoldout): VersionSaving | undefined {
  const costs = judged.task.evaluation?.costs;
  return costs && isClassifier(judged.model) ? holdoutSaving(judged, judged.model, costs) : undefined;
}

/** How a column divides the hold-out rows; the spec's check lets only columns through that the prepared rows have. */
function slicingOf(column: string, data: PreparedData, time?: string): Slicing {
  const { times, holdoutRows: rows } = data;
  if (column === time) return sliceByMonth(column, gather(times as Float64Array, new Float64Array(rows.length), rows));
  const tables = [data.table, data.sliceTable].filter((table) => table !== undefined);
  const category = tables.flatMap(({ categories }) => categories).find(({ name }) => name === column);
  if (category) return sliceByLevel(column, category.levels, gather(category.codes, new Int32Array(rows.length), rows));
  const number = tables.flatMap(({ numbers }) => numbers).find(({ name }) => name === column);
  if (number === undefined) throw new Error(`the prepared rows have no column ${column}`);
  return sliceByQuartile(column, gather(number.values, new Float32Array(rows.length), rows));
}
