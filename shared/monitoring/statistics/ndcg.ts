/**
 * Normalised discounted cumulative gain of the order that `scores` give, where each item gains its `relevance` (0 and
 * more): 1 for the best order, and where nothing is relevant. Equal scores share their places, as in scikit-learn's
 * `ndcg_score`. Source: K. Jaervelin, J. Kekaelaeinen, "Cumulated gain-based evaluation of IR techniques", 2002.
 */
export function ndcg(relevance: ArrayLike<number>, scores: ArrayLike<number>): number {
  const best = discountedGain(relevance, relevance);
  return best === 0 ? 1 : discountedGain(relevance, scores) / best;
}

function discountedGain(relevance: ArrayLike<number>, scores: ArrayLike<number>): number {
  const order = Array.from(scores, (_score, item) => item).sort((a, b) => scores[b] - scores[a]);
  let gain = 0;
  for (let place = 0; place < order.length; ) {
    const first = place;
    let relevant = 0;
    let discount = 0;
    for (; place < order.length && scores[order[place]] === scores[order[first]]; place++) {
      relevant += relevance[order[place]];
      discount += 1 / Math.log2(place + 2);
    }
    gain += (relevant / (place - first)) * discount;
  }
  return gain;
}
