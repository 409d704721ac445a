import { isBetter, selectionMetricValue } from "../evaluation/selectionMetric";
import type { ModelOutput } from "../evaluation/weightedMetric";
import { seededRandom } from "../random";
import type { ExplanationSample } from "./explanationSample";
import type { GlobalContext } from "./globalContext";
import type { ImportanceReport } from "./globalExplanation";
import type { NumberRows } from "./numberRows";
import { permutationImportance } from "./permutationImportance";

const repeats = 5;

/** Permutation importance on the hold-out rows by the metric that selected the model; undefined where the rows' truth is not in the model's terms. */
export async function measureImportance(context: GlobalContext): Promise<ImportanceReport | undefined> {
  const { sample, names, box, holdout, isClassifier } = context;
  const { task, classes, metric, seed } = sample;
  if (isClassifier ? classes.join("\n") !== names.join("\n") : task !== "regression") return undefined;
  const score = async (rows: NumberRows) =>
    selectionMetricValue(metric, knownOutput(sample, (await box.predict(rows)).values));
  const lowerIsBetter = isBetter(metric, 0, 1);
  const found = await permutationImportance({
    score,
    rows: holdout,
    lowerIsBetter,
    repeats,
    random: seededRandom(seed),
  });
  const features = box.signature.features.map(({ name }, at) => ({
    feature: name,
    importance: found.features[at].mean,
    deviation: found.features[at].deviation,
  }));
  features.sort((a, b) => b.importance - a.importance);
  return { metric, value: found.metric, rows: holdout.rowCount, repeats, features };
}

/** What the model said beside what is true. */
function knownOutput(sample: ExplanationSample, predictions: Float64Array): ModelOutput {
  const { task, classes, positiveIndex, decisionThreshold } = sample;
  const { target } = sample.holdout;
  if (task === "regression") return { target: Float64Array.from(target), predictions };
  return { classes, positiveIndex, decisionThreshold, target: Int32Array.from(target), probabilities: predictions };
}
