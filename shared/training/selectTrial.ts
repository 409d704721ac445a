import { isBetter } from "../evaluation/selectionMetric";
import type { SelectionMetric } from "../usecase/usecaseSpec";
import type { TrialResult } from "./runRecord";

/** The trial with the best mean over the validation folds; the earlier one where two are equal. */
export function selectTrial(results: TrialResult[], metric: SelectionMetric): TrialResult {
  return results.reduce((best, result) => (isBetter(metric, result.mean, best.mean) ? result : best));
}
