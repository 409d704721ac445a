import type { PreparedData } from "../data/preparedData";
import { baselinePredictions } from "../evaluation/baselines";
import { type ClassifierOutput, decidedClasses, positiveOf, scoresOf } from "../evaluation/classifierOutput";
import { bestThreshold, type CostMatrix, leastCostClasses, theoreticalThreshold } from "../evaluation/decisionCost";
import { type Contender, expectedSaving } from "../evaluation/expectedSaving";
import { isClassifier } from "../evaluation/weightedMetric";
import { gather } from "../featureTable";
import type { CostThresholds, VersionSaving } from "../registry/modelVersion";
import type { EvaluationSpec } from "../usecase/evaluationSpec";
import type { BaselineName } from "../usecase/usecaseSpec";
import type { JudgedHoldout } from "./judgedHoldout";

/**
 * Cost of the model's decisions on the hold-out, as its graph makes them, against: each baseline at the threshold that
 * was best on the training rows, always the same class, and the model itself deciding by least expected cost.
 */
export function holdoutSaving(
  { data, baselines, draws }: JudgedHoldout,
  model: ClassifierOutput,
  { unit, matrix }: NonNullable<EvaluationSpec["costs"]>,
): VersionSaving {
  const { classes, target, probabilities } = model;
  const costs = { unit, costs: classes.map((actual) => classes.map((decided) => matrix[actual][decided])) };
  const positive = positiveOf(model);
  const threshold = positive === undefined ? undefined : (model.decisionThreshold ?? 0.5);
  const own = { name: "model", decided: decidedClasses(model), threshold };
  const contenders = [
    { name: "model by least expected cost", decided: leastCostClasses(probabilities, costs) },
    ...baselines.flatMap(({ name, output }) =>
      isClassifier(output) ? [baselineContender(name, output.probabilities, data, model, costs)] : [],
    ),
    ...classes.map((name, code) => ({
      name: constantName(name, code, positive),
      decided: new Int32Array(target.length).fill(code),
    })),
  ];
  return { ...expectedSaving(target, own, contenders, costs, draws), thresholds: thresholdsOf(model, costs) };
}

function constantName(name: string, code: number, positive?: number): string {
  if (positive === undefined) return `always ${name}`;
  return code === positive ? `always act (${name})` : `never act (${name})`;
}

/**
 * With two classes at its best threshold on the training rows; with more by least expected cost, which training
 * frequencies make the same.
 */
function baselineContender(
  name: BaselineName,
  probabilities: Float64Array,
  data: PreparedData,
  model: ClassifierOutput,
  costs: CostMatrix,
): Contender {
  const positive = positiveOf(model);
  if (positive === undefined) return { name, decided: leastCostClasses(probabilities, costs) };
  const { trainRows } = data;
  const train: ClassifierOutput = {
    ...model,
    target: gather(data.target, new Int32Array(trainRows.length), trainRows),
    probabilities: baselinePredictions(name, data, { train: trainRows, evaluate: trainRows }),
  };
  const { threshold } = bestThreshold(scoresOf(train, positive), train.target, costs, positive);
  return { name, decided: decidedClasses({ ...model, probabilities, decisionThreshold: threshold }), threshold };
}

function thresholdsOf(model: ClassifierOutput, costs: CostMatrix): CostThresholds | undefined {
  const positive = positiveOf(model);
  if (positive === undefined) return undefined;
  return {
    decided: model.decisionThreshold ?? 0.5,
    theoretical: theoreticalThreshold(costs, positive),
    bestOnHoldout: bestThreshold(scoresOf(model, positive), model.target, costs, positive),
  };
}
