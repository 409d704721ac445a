import { ascendingOrder } from "../math/rankingAreas";

/** A step of the ranking from high scores to low: how many rows have a score of at least `threshold`. */
interface RankStep {
  threshold: number;
  truePositives: number;
  falsePositives: number;
}

/** One step for each distinct score, from high to low. */
function rankSteps(scores: Float64Array, positive: Uint8Array): RankStep[] {
  const order = ascendingOrder(scores);
  const steps: RankStep[] = [];
  let truePositives = 0;
  let falsePositives = 0;
  for (let i = order.length - 1; i >= 0; ) {
    const threshold = scores[order[i]];
    for (; i >= 0 && scores[order[i]] === threshold; i--) {
      if (positive[order[i]]) truePositives++;
      else falsePositives++;
    }
    steps.push({ threshold, truePositives, falsePositives });
  }
  return steps;
}

/** Points of a ROC curve from (0, 0) to (1, 1); each threshold's rates, the first one's threshold infinite. */
export interface RocCurve {
  falsePositiveRate: number[];
  truePositiveRate: number[];
  thresholds: number[];
}

/**
 * The ROC curve, points within a straight run left out, as scikit-learn's `roc_curve`; null when one class is absent.
 */
export function rocCurve(scores: Float64Array, positive: Uint8Array): RocCurve | null {
  const all = rankSteps(scores, positive);
  const { truePositives, falsePositives } = all.at(-1) ?? { truePositives: 0, falsePositives: 0 };
  if (truePositives === 0 || falsePositives === 0) return null;
  const steps = all.filter((step, i) => {
    if (i === 0 || i === all.length - 1) return true;
    const bends = (count: "truePositives" | "falsePositives") =>
      all[i + 1][count] - step[count] !== step[count] - all[i - 1][count];
    return bends("truePositives") || bends("falsePositives");
  });
  return {
    falsePositiveRate: [0, ...steps.map((step) => step.falsePositives / falsePositives)],
    truePositiveRate: [0, ...steps.map((step) => step.truePositives / truePositives)],
    thresholds: [Number.POSITIVE_INFINITY, ...steps.map(({ threshold }) => threshold)],
  };
}

/**
 * Points of a precision-recall curve by rising threshold; the last one (precision 1, recall 0) has an infinite
 * threshold.
 */
export interface PrecisionRecallCurve {
  precision: number[];
  recall: number[];
  thresholds: number[];
}

/** The precision-recall curve as scikit-learn's `precision_recall_curve`; null without positives. */
export function precisionRecallCurve(scores: Float64Array, positive: Uint8Array): PrecisionRecallCurve | null {
  const steps = rankSteps(scores, positive).reverse();
  const found = steps[0]?.truePositives ?? 0;
  if (found === 0) return null;
  return {
    precision: [
      ...steps.map(({ truePositives, falsePositives }) => truePositives / (truePositives + falsePositives)),
      1,
    ],
    recall: [...steps.map(({ truePositives }) => truePositives / found), 0],
    thresholds: [...steps.map(({ threshold }) => threshold), Number.POSITIVE_INFINITY],
  };
}
