/** Rows by ascending score; computed once where many weightings of the same rows are ranked. */
export function ascendingOrder(scores: Float64Array): Uint32Array {
  return Uint32Array.from(scores, (_score, i) => i).sort((a, b) => scores[a] - scores[b]);
}

/**
 * How rows are ranked and counted: `order` as `ascendingOrder` gives it, and how often each row counts (once without
 * weights).
 */
interface Ranking {
  order?: Uint32Array;
  weights?: ArrayLike<number>;
}

/**
 * Area under the ROC curve: the share of pairs of a positive and a negative row that the score orders rightly, ties
 * counted half; null when one class is absent. Source: J. Hanley, B. McNeil, "The meaning and use of the area under a
 * ROC curve", 1982.
 */
export function rocAuc(scores: Float64Array, positive: Uint8Array, ranking: Ranking = {}): number | null {
  const { order = ascendingOrder(scores), weights } = ranking;
  let negatives = 0;
  let positives = 0;
  let pairs = 0;
  for (let i = 0; i < order.length; ) {
    const score = scores[order[i]];
    let positivesInTie = 0;
    let negativesInTie = 0;
    for (; i < order.length && scores[order[i]] === score; i++) {
      const weight = weights ? weights[order[i]] : 1;
      if (positive[order[i]]) positivesInTie += weight;
      else negativesInTie += weight;
    }
    pairs += positivesInTie * (negatives + negativesInTie / 2);
    positives += positivesInTie;
    negatives += negativesInTie;
  }
  return positives === 0 || negatives === 0 ? null : pairs / (positives * negatives);
}

/**
 * Average precision: the sum of precision times the step in recall, over distinct scores from high to low, as
 * scikit-learn does; null without positives.
 */
export function averagePrecision(scores: Float64Array, positive: Uint8Array, ranking: Ranking = {}): number | null {
  const { order = ascendingOrder(scores), weights } = ranking;
  let found = 0;
  let rows = 0;
  let area = 0;
  for (let i = order.length - 1; i >= 0; ) {
    const score = scores[order[i]];
    let inTie = 0;
    for (; i >= 0 && scores[order[i]] === score; i--) {
      const weight = weights ? weights[order[i]] : 1;
      rows += weight;
      if (positive[order[i]]) inTie += weight;
    }
    found += inTie;
    if (inTie > 0) area += inTie * (found / rows);
  }
  return found === 0 ? null : area / found;
}
