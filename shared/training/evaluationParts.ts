import { classCurves } from "../evaluation/classCurves";
import { classificationMetrics } from "../evaluation/classificationMetrics";
import { pairedBootstrap } from "../evaluation/pairedBootstrap";
import { regressionMetrics } from "../evaluation/regressionMetrics";
import { valueCurves } from "../evaluation/valueCurves";
import { isClassifier, type ModelOutput } from "../evaluation/weightedMetric";
import { classMetrics, type SelectionMetric, valueMetrics } from "../usecase/selectionSpec";
import { intervalOf, savingOf, slicesOf } from "./describeHoldout";
import { championName } from "./gate";
import type { JudgedHoldout } from "./judgedHoldout";
import type { EvaluateOutcome, EvaluateTask, EvaluationPart } from "./workerTasks";

type Adds = EvaluationPart["adds"];
type Facts = Pick<EvaluateTask, "metric" | "baselines" | "champion" | "evaluation">;

/**
 * The parts of an evaluation, in the order of their results. Each is kept as soon as it is done, so that a step that
 * ends before all are loses at most one; what depends on the champion is named after its version.
 */
export function partNames({ metric, baselines, champion, evaluation }: Facts): string[] {
  const metrics: readonly string[] = classMetrics.some((one) => one === metric) ? classMetrics : valueMetrics;
  return [
    "metrics",
    ...baselines.map((name) => `difference-${name}`),
    ...(champion ? [`difference-${championName}-${champion.version}`] : []),
    ...metrics.map((name) => `interval-${name}`),
    ...(evaluation?.slices ?? []).map((column) => `slices-${column}`),
    ...(evaluation?.costs ? ["saving"] : []),
  ];
}

/** What one part adds to the outcome. */
export function evaluatePart(judged: JudgedHoldout, name: string): Adds {
  const [kind] = name.split("-", 1);
  const what = name.slice(kind.length + 1);
  switch (kind) {
    case "metrics":
      return wholeHoldout(judged);
    case "difference":
      return difference(judged, what);
    case "interval":
      return { intervals: intervalOf(judged, what as SelectionMetric) };
    case "slices":
      return { slices: slicesOf(judged, what) };
    case "saving":
      return { saving: savingOf(judged) };
    default:
      throw new Error(`an evaluation has no part ${name}`);
  }
}

/** The outcome of all parts. */
export function combineParts(task: Facts, parts: Map<string, Adds>): EvaluateOutcome {
  const all = partNames(task).map((name) => {
    const adds = parts.get(name);
    if (adds === undefined) throw new Error(`the evaluation's part ${name} is missing`);
    return adds;
  });
  const slices = all.flatMap((one) => one.slices ?? []);
  return {
    ...Object.assign({}, ...all),
    differences: all.flatMap((one) => one.differences ?? []),
    intervals: Object.assign({}, ...all.map(({ intervals }) => intervals)),
    slices: task.evaluation?.slices.length ? slices : undefined,
  };
}

function wholeHoldout({ model, baselines, resampling }: JudgedHoldout): Adds {
  return {
    resampling,
    metrics: metricsOf(model),
    baselines: Object.fromEntries(baselines.map(({ name, output }) => [name, metricsOf(output)])),
    curves: isClassifier(model) ? classCurves(model) : undefined,
    valueCurves: isClassifier(model) ? undefined : valueCurves(model),
  };
}

function metricsOf(output: ModelOutput): Record<string, unknown> {
  return isClassifier(output) ? { ...classificationMetrics(output) } : { ...regressionMetrics(output) };
}

function difference({ task, model, baselines, champion, draws }: JudgedHoldout, what: string): Adds {
  const [against] = what.split("-", 1);
  const other = [...baselines, ...(champion ? [champion] : [])].find(({ name }) => name === against);
  if (other === undefined) throw new Error(`there is no ${against} to compare with`);
  const { difference: value, low, high } = pairedBootstrap(task.metric, model, other.output, draws);
  return { differences: [{ against, difference: value, low, high, confidence: task.confidence }] };
}
