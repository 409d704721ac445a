import { isBetter } from "../evaluation/selectionMetric";
import type { SelectionMetric } from "../usecase/selectionSpec";
import type { UsecaseSpec } from "../usecase/usecaseSpec";
import type { TrialResult } from "./runRecord";

/**
 * The trial to refit: of those of the best one's learner within one standard error of its mean, and worse by no more
 * than a share `cost` of it, the one with the smallest model (equal ones: the better, then the earlier). The rule is
 * for models of one family, where smaller is simpler; between families the mean decides. The error is that of the
 * difference to the best over the same folds: what makes a fold hard for both cancels out.
 * Source: L. Breiman et al., "Classification and Regression Trees", 1984, section 3.4.3 (the rule); the pairing is
 * ours. Undefined when no trial has a score.
 */
export function selectTrial(
  results: TrialResult[],
  metric: SelectionMetric,
  rule: Pick<UsecaseSpec["search"], "oneStandardError" | "oneStandardErrorCost">,
): TrialResult | undefined {
  const scored = results.filter(({ failure }) => failure === undefined);
  if (scored.length === 0) return undefined;
  const best = scored.reduce((a, b) => (isBetter(metric, b.mean, a.mean) ? b : a));
  if (!rule.oneStandardError) return best;
  const most = rule.oneStandardErrorCost * Math.abs(best.mean);
  const near = scored.filter((result) => result.learner === best.learner && isNear(result, best, most));
  return near.reduce((a, b) => (isSmallerOrBetter(b, a, metric) ? b : a));
}

function isSmallerOrBetter(a: TrialResult, b: TrialResult, metric: SelectionMetric): boolean {
  if (a.modelBytes !== b.modelBytes) return a.modelBytes < b.modelBytes;
  return isBetter(metric, a.mean, b.mean);
}

function isNear(result: TrialResult, best: TrialResult, most: number): boolean {
  if (result === best) return true;
  const differences = result.foldScores.flatMap((score, fold) => {
    const other = best.foldScores[fold];
    return score === null || other === null ? [] : [score - other];
  });
  const { mean, standardError } = meanOf(differences);
  return Math.abs(mean) <= Math.min(standardError, most);
}

/** Mean and standard error of scores; an error of 0 where there are fewer than two. */
export function meanOf(scores: number[]): { mean: number; standardError: number } {
  const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length;
  if (scores.length < 2) return { mean, standardError: 0 };
  const variance = scores.reduce((sum, score) => sum + (score - mean) ** 2, 0) / (scores.length - 1);
  return { mean, standardError: Math.sqrt(variance / scores.length) };
}
