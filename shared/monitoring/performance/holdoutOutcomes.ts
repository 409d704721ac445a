import { countOutcomes, type Outcome } from "../countOutcomes";
import type { OutcomeProfile } from "../outcomeProfile";
import type { MonitoringReference } from "../reference";
import type { PartedOutcomes } from "./metricInterval";
import { sumOutcomes } from "./sumOutcomes";

/** Consecutive hold-out rows of one length are nearly independent of one another when they are long. */
const blocks = 20;

type Holdout = MonitoringReference["holdout"];

/** Which classes a version has, and the positive one of two. */
interface ModelClasses {
  classes: string[];
  positive?: string;
}

/**
 * The hold-out rows counted as served predictions are, in consecutive parts of equal length. Of more than two classes
 * only the predicted one's probability is kept, so that nothing is said of scores.
 */
export function holdoutOutcomes(holdout: Holdout, model: ModelClasses): PartedOutcomes {
  const { classes, positive } = model;
  const rows = holdout.truths.length;
  const length = Math.max(1, Math.ceil(rows / blocks));
  const parts: OutcomeProfile[] = [];
  for (let from = 0; from < rows; from += length) {
    const shape = { classes, scored: positive === undefined ? [] : [positive] };
    parts.push(countOutcomes(shape, outcomesOf(holdout, model, from, Math.min(rows, from + length))));
  }
  return { whole: sumOutcomes(classes, parts), parts };
}

function outcomesOf(holdout: Holdout, { classes, positive }: ModelClasses, from: number, to: number): Outcome[] {
  const code = positive === undefined ? -1 : classes.indexOf(positive);
  return Array.from({ length: to - from }, (_, i) => {
    const row = from + i;
    const common = { truth: holdout.truths[row], slices: [] };
    if (classes.length === 0) return { ...common, value: holdout.predicted[row] };
    const p = holdout.probabilities[row];
    const probabilities = code === 0 ? [p, 1 - p] : [1 - p, p];
    return { ...common, predicted: holdout.predicted[row], ...(code >= 0 && { probabilities }) };
  });
}
