import { type CheckResult, checkResult } from "../data/checkResult";
import type { PreparedData } from "../data/preparedData";
import { calibrationBins, expectedCalibrationError } from "../evaluation/calibration";
import { metricName } from "../evaluation/metricWords";
import { isBetter, selectionMetricValue } from "../evaluation/selectionMetric";
import type { ModelOutput } from "../evaluation/weightedMetric";
import { type FeatureTable, selectRows } from "../featureTable";
import { figure, percent } from "../figure";
import { seededRandom } from "../math/seededRandom";
import { ownValue } from "../ownValue";
import type { ChecksSpec } from "../usecase/checksSpec";
import type { SelectionMetric } from "../usecase/selectionSpec";
import { changeNumber, type Predict, setColumn, watch, watchedClass } from "./watchedModel";

const kind = "post-train" as const;
const maxRows = 2000;

export interface BehaviourContext {
  predict: Predict;
  data: PreparedData;
  checks: ChecksSpec;
  metric: SelectionMetric;
  /** predictions and the truth of the rows `rows` of `data` */
  outputOf(rows: Int32Array, predictions: Float64Array): ModelOutput;
  /** features that may be missing in a request */
  nullable: readonly string[];
  /** a number beyond these counts as missing, so that none is moved beyond them; open where a feature is not named */
  ranges?: ReadonlyMap<string, { low: number; high: number }>;
  seed: number;
}

/**
 * What every check works on: hold-out rows, evenly drawn where there are many, and what the model predicts for them.
 */
interface Sample extends BehaviourContext {
  rows: Int32Array;
  table: FeatureTable;
  watched: Float64Array;
  labels: string[];
  score: number;
}

/** The checks of a model's behaviour, declared ones and those that every model gets, on at most 2,000 hold-out rows. */
export async function checkBehaviour(context: BehaviourContext): Promise<CheckResult[]> {
  const sample = await drawSample(context);
  const results: CheckResult[] = [];
  for (const one of context.checks.invariance) results.push(await invariance(sample, one));
  for (const one of context.checks.directional) results.push(await directional(sample, one));
  for (const one of context.checks.minimumFunctionality) results.push(await minimumFunctionality(sample, one));
  if (context.data.task === "classification") results.push(calibration(sample));
  if (sample.table.numbers.length > 0) results.push(await noise(sample));
  results.push(await missingInputs(sample));
  return results;
}

async function drawSample(context: BehaviourContext): Promise<Sample> {
  const { holdoutRows, table } = context.data;
  const count = Math.min(maxRows, holdoutRows.length);
  const rows = Int32Array.from({ length: count }, (_, i) => holdoutRows[Math.floor((i * holdoutRows.length) / count)]);
  const drawn = selectRows(table, rows);
  const { predictions } = await context.predict(drawn);
  const score = selectionMetricValue(context.metric, context.outputOf(rows, predictions));
  return {
    ...context,
    rows,
    table: drawn,
    score,
    ...(await watch(context.predict, drawn, context.data, context.checks.class)),
  };
}

const watchAgain = ({ predict, data, checks }: Sample, table: FeatureTable) =>
  watch(predict, table, data, checks.class);

async function invariance(sample: Sample, { feature, values, maxChange, severity }: ChecksSpec["invariance"][number]) {
  let most = 0;
  for (const value of values) {
    const { watched } = await watchAgain(sample, setColumn(sample.table, feature, value));
    most = watched.reduce((largest, one, row) => Math.max(largest, Math.abs(one - sample.watched[row])), most);
  }
  const summary = `changing ${feature} alone to ${values.join(", ")} moves a prediction by at most ${figure(most)}; ${maxChange} is allowed`;
  return checkResult({
    name: `invariance: ${feature}`,
    kind,
    severity,
    ok: most <= maxChange,
    summary,
    evidence: { most },
  });
}

async function directional(sample: Sample, spec: ChecksSpec["directional"][number]): Promise<CheckResult> {
  const { feature, by, expect, share, severity } = spec;
  const { watched } = await watchAgain(
    sample,
    changeNumber(sample.table, feature, (value) => within(sample, feature, value + by)),
  );
  const sign = expect === "up" ? 1 : -1;
  let kept = 0;
  for (let row = 0; row < watched.length; row++) if (sign * (watched[row] - sample.watched[row]) >= -1e-9) kept++;
  const found = kept / watched.length;
  const summary = `${feature} ${by < 0 ? "lowered" : "raised"} by ${Math.abs(by)} moves the prediction ${expect} or not at all for ${percent(found)} of ${watched.length} rows; ${percent(share)} are required`;
  return checkResult({
    name: `direction: ${feature}`,
    kind,
    severity,
    ok: found >= share,
    summary,
    evidence: { share: found },
  });
}

/** `value`, or the end of the feature's range that it lies beyond. */
function within({ ranges }: Sample, feature: string, value: number): number {
  const range = ranges?.get(feature);
  return range === undefined ? value : Math.min(range.high, Math.max(range.low, value));
}

async function minimumFunctionality(sample: Sample, spec: ChecksSpec["minimumFunctionality"][number]) {
  const { name, row, label, atLeast, atMost, severity } = spec;
  let table = selectRows(sample.table, [0]);
  const features = [...table.numbers, ...table.categories];
  for (const feature of features) table = setColumn(table, feature.name, ownValue(row, feature.name) ?? null);
  const { watched, labels } = await watchAgain(sample, table);
  const wanted = [
    ...(label === undefined ? [] : [{ ok: labels[0] === label, text: `the label "${label}"` }]),
    ...(atLeast === undefined ? [] : [{ ok: watched[0] >= atLeast, text: `at least ${atLeast}` }]),
    ...(atMost === undefined ? [] : [{ ok: watched[0] <= atMost, text: `at most ${atMost}` }]),
  ];
  const { classes } = sample.data;
  const answer =
    labels.length > 0
      ? `decides "${labels[0]}" and gives "${classes[watchedClass(sample.data, sample.checks.class)]}" a probability of ${figure(watched[0])}`
      : `says ${figure(watched[0])}`;
  const summary = `${name}: the model ${answer}; wanted: ${wanted.map(({ text }) => text).join(", ")}`;
  return checkResult({ name: `functionality: ${name}`, kind, severity, ok: wanted.every(({ ok }) => ok), summary });
}

function calibration({ data, rows, watched, checks }: Sample): CheckResult {
  const { maxError, severity } = checks.calibration;
  const code = watchedClass(data, checks.class);
  const positive = Uint8Array.from(rows, (row) => (data.target[row] === code ? 1 : 0));
  const error = expectedCalibrationError(calibrationBins(watched, positive, { bins: 10, binning: "quantile" }));
  const summary = `the probability of "${data.classes[code]}" is off by ${figure(error)} on average over ten bins of equal mass; ${maxError} is allowed`;
  return checkResult({ name: "calibration", kind, severity, ok: error <= maxError, summary, evidence: { error } });
}

async function noise(sample: Sample): Promise<CheckResult> {
  const { share, maxFlips, severity } = sample.checks.noise;
  const random = seededRandom(sample.seed);
  let table = sample.table;
  for (const { name, values } of table.numbers) {
    const deviation = deviationOf(values);
    table = changeNumber(table, name, (value) => within(sample, name, value + share * deviation * normal(random)));
  }
  const { watched, labels } = await watchAgain(sample, table);
  const moved = watched.reduce((sum, value, row) => sum + Math.abs(value - sample.watched[row]), 0) / watched.length;
  const flips = labels.filter((label, row) => label !== sample.labels[row]).length / watched.length;
  const summary = `noise of ${percent(share)} of each number's deviation moves predictions by ${figure(moved)} on average${labels.length > 0 ? ` and changes ${percent(flips)} of the labels; ${percent(maxFlips)} are allowed` : ""}`;
  return checkResult({
    name: "robustness to noise",
    kind,
    severity,
    ok: flips <= maxFlips,
    summary,
    evidence: { moved, flips },
  });
}

function deviationOf(values: Float32Array): number {
  const known = values.filter((value) => !Number.isNaN(value));
  const mean = known.reduce((sum, value) => sum + value, 0) / known.length;
  return Math.sqrt(known.reduce((sum, value) => sum + (value - mean) ** 2, 0) / known.length) || 0;
}

/** Box and Muller, 1958. */
function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

async function missingInputs(sample: Sample): Promise<CheckResult> {
  const { maxWorsening, severity } = sample.checks.missingInputs;
  const worsening: Record<string, number> = {};
  const broken: string[] = [];
  for (const feature of sample.nullable) {
    const { predictions } = await sample.predict(setColumn(sample.table, feature, null));
    if (!predictions.every(Number.isFinite)) broken.push(feature);
    const score = selectionMetricValue(sample.metric, sample.outputOf(sample.rows, predictions));
    const worse = isBetter(sample.metric, sample.score, score) ? Math.abs(score - sample.score) : 0;
    worsening[feature] = worse / Math.abs(sample.score);
  }
  const [worst = "", by = 0] = Object.entries(worsening).sort(([, a], [, b]) => b - a)[0] ?? [];
  const ok = broken.length === 0 && (maxWorsening === undefined || by <= maxWorsening);
  const summary =
    broken.length > 0
      ? `without ${broken.join(", ")} the predictions are not finite numbers`
      : `every feature may be missing; without ${worst} the ${metricName(sample.metric)} gets worse by ${percent(by)}${maxWorsening === undefined ? "" : `; ${percent(maxWorsening)} are allowed`}`;
  return checkResult({ name: "missing inputs", kind, severity, ok, summary, evidence: { worsening } });
}
