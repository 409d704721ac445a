import { isBetter, selectionMetricValue } from "../evaluation/selectionMetric";
import type { ModelOutput } from "../evaluation/weightedMetric";
import { seededRandom } from "../math/seededRandom";
import type { ExplanationSample } from "./explanationSample";
import type { GlobalContext } from "./globalContext";
import type { ImportanceReport } from "./globalExplanation";
import type { NumberRows } from "./model/numberRows";
import { permutationImportance } from "./permutationImportance";

const repeats = 5;

function outputOf(
  { classes, positiveIndex, decisionThreshold, holdout }: ExplanationSample,
  values: Float64Array,
): ModelOutput {
  if (classes.length === 0) return { target: Float64Array.from(holdout.target), predictions: values };
  const target = Int32Array.from(holdout.target);
  return { classes, positiveIndex, decisionThreshold, target, probabilities: values };
}

/**
 * Permutation importance on the hold-out rows by the metric that selected the model; undefined if the truth of the rows
 * is not in the model's terms.
 */
export async function measureImportance(context: GlobalContext): Promise<ImportanceReport | undefined> {
  const { sample, names, box, holdout } = context;
  const known = context.isClassifier ? names : [];
  if (sample.classes.join("\n") !== known.join("\n")) return undefined;
  const { metric, seed } = sample;
  const score = async (rows: NumberRows) =>
    selectionMetricValue(metric, outputOf(sample, (await box.predict(rows)).values));
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
