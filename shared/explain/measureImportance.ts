import { isBetter, selectionMetricValue } from "../evaluation/selectionMetric";
import { seededRandom } from "../random";
import type { GlobalContext } from "./globalContext";
import type { ImportanceReport } from "./globalExplanation";
import type { NumberRows } from "./numberRows";
import { permutationImportance } from "./permutationImportance";

const repeats = 5;

/** Permutation importance on the hold-out rows by the metric that selected the model; undefined where the truth of the rows is not in the model's classes. */
export async function measureImportance(context: GlobalContext): Promise<ImportanceReport | undefined> {
  const { sample, names, box, holdout } = context;
  if (!context.isClassifier || sample.classes.join("\n") !== names.join("\n")) return undefined;
  const { classes, positiveIndex, decisionThreshold, metric, seed } = sample;
  const target = Int32Array.from(sample.holdout.target);
  const score = async (rows: NumberRows) => {
    const { values: probabilities } = await box.predict(rows);
    return selectionMetricValue(metric, { classes, positiveIndex, decisionThreshold, target, probabilities });
  };
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
