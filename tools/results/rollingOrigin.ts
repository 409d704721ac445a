import type { PreparedData } from "../../shared/data/preparedData";
import { baselinePredictions } from "../../shared/evaluation/baselines";
import { modelOutput } from "../../shared/evaluation/modelOutput";
import { pairedBootstrap } from "../../shared/evaluation/pairedBootstrap";
import { chooseBlocks, lossByRow } from "../../shared/evaluation/resampling";
import { selectionMetricValue } from "../../shared/evaluation/selectionMetric";
import { gather, selectRows } from "../../shared/featureTable";
import { hourMs } from "../../shared/time";
import { fitRows } from "../../shared/training/fitRows";
import type { Trial } from "../../shared/training/runRecord";
import type { UsecaseSpec } from "../../shared/usecase/usecaseSpec";

/** A month, forecast by a model trained on everything before it and nothing from it. */
export interface RollingFold {
  month: string;
  trainRows: number;
  testRows: number;
  value: number;
  /** metric of the spec's last baseline (persistence, if it is one of them) */
  baseline: number;
  difference: number;
  low: number;
  high: number;
}

/**
 * Rolling origin: each month from the fourth on tests a fit on all rows whose label was known before that month began.
 */
export function rollingOrigin(spec: UsecaseSpec, data: PreparedData, trial: Trial): RollingFold[] {
  const times = data.times as Float64Array;
  const months = [...new Set(Array.from(times, (time) => monthOf(time)))].sort();
  return months.slice(3).map((month) => {
    const start = Date.parse(`${month}-01T00:00:00Z`);
    const rows = Array.from(times.keys());
    const train = Int32Array.from(rows.filter((row) => times[row] + (spec.horizonHours ?? 0) * hourMs <= start));
    const test = Int32Array.from(rows.filter((row) => monthOf(times[row]) === month));
    return { month, ...judge(spec, data, trial, train, test) };
  });
}

function monthOf(time: number): string {
  return new Date(time).toISOString().slice(0, 7);
}

function judge(spec: UsecaseSpec, data: PreparedData, trial: Trial, train: Int32Array, test: Int32Array) {
  const { seed, decisionThreshold, classWeights, selection, baselines, gates } = spec;
  const model = fitRows(data, train, trial, { seed, decisionThreshold, classWeights });
  const outputOf = (predictions: Float64Array) => modelOutput(data, test, predictions, decisionThreshold);
  const own = outputOf(model.predict(selectRows(data.table, test)));
  const baseline = outputOf(baselinePredictions(baselines[baselines.length - 1], data, { train, evaluate: test }));
  const [loss, theirs] = [own, baseline].map((output) => lossByRow(selection.metric, output));
  const days = { blocks: gather(data.blocks, new Int32Array(test.length), test), blockUnit: data.blockUnit };
  const { blocks } = chooseBlocks(days, [loss, loss.map((value, row) => value - theirs[row])], gates.blockDays);
  const { difference, low, high } = pairedBootstrap(selection.metric, own, baseline, {
    blocks,
    seed,
    samples: gates.bootstrapSamples,
    confidence: gates.confidence,
  });
  return {
    trainRows: train.length,
    testRows: test.length,
    value: selectionMetricValue(selection.metric, own),
    baseline: selectionMetricValue(selection.metric, baseline),
    difference,
    low,
    high,
  };
}
