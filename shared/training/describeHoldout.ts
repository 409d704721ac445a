import { gather } from "../data/featureTable";
import type { PreparedData } from "../data/preparedData";
import type { BootstrapSettings } from "../evaluation/bootstrapDraws";
import { classCurves } from "../evaluation/classCurves";
import { bootstrapInterval } from "../evaluation/pairedBootstrap";
import { sliceMetrics } from "../evaluation/sliceMetrics";
import { type Slicing, sliceByLevel, sliceByMonth, sliceByQuartile } from "../evaluation/slicing";
import { valueCurves } from "../evaluation/valueCurves";
import { isClassifier, type ModelOutput } from "../evaluation/weightedMetric";
import type { MetricInterval } from "../registry/modelVersion";
import { classMetrics, type SelectionMetric, valueMetrics } from "../usecase/specFields";
import { holdoutSaving, type Rival } from "./holdoutSaving";
import type { EvaluateTask, HoldoutDetails } from "./workerTasks";

/** The hold-out as it was judged: what the model and the baselines said of it, and how intervals are drawn. */
export interface JudgedHoldout {
  task: EvaluateTask;
  data: PreparedData;
  model: ModelOutput;
  rivals: Rival[];
  draws: BootstrapSettings;
}

/** Intervals of the model's own metrics, its curves, and, where the spec asks for them, its slices and its saving. */
export function describeHoldout(judged: JudgedHoldout): HoldoutDetails {
  const { task, data, model, draws } = judged;
  const { slices, minSliceRows, costs } = task.evaluation ?? { slices: [], minSliceRows: 1 };
  return {
    intervals: intervalsOf(model, draws),
    curves: isClassifier(model) ? classCurves(model) : undefined,
    valueCurves: isClassifier(model) ? undefined : valueCurves(model),
    slices:
      slices.length === 0
        ? undefined
        : slices.flatMap((column) =>
            sliceMetrics(task.metric, model, slicingOf(column, data, task.time), { ...draws, minRows: minSliceRows }),
          ),
    saving: costs && isClassifier(model) ? holdoutSaving(judged, model, costs) : undefined,
  };
}

function intervalsOf(model: ModelOutput, draws: BootstrapSettings): Record<string, MetricInterval> {
  const metrics: readonly SelectionMetric[] = isClassifier(model) ? classMetrics : valueMetrics;
  const intervals = metrics.map((metric) => {
    const { value, low, high } = bootstrapInterval(metric, model, draws);
    return [metric, { value, low, high, confidence: draws.confidence }] as const;
  });
  return Object.fromEntries(intervals.filter(([, { value, low }]) => !Number.isNaN(value) && !Number.isNaN(low)));
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
