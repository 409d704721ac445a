/**
 * Area under the ROC curve by the rank sum, ties counted half; null when one class is absent.
 * Source: J. Hanley, B. McNeil, "The meaning and use of the area under a ROC curve", 1982.
 */
export function rocAuc(scores: Float64Array, positive: Uint8Array): number | null {
  const order = ascending(scores);
  let rankSum = 0;
  let positives = 0;
  for (let start = 0; start < order.length; ) {
    let end = start;
    let inTie = 0;
    for (; end < order.length && scores[order[end]] === scores[order[start]]; end++) inTie += positive[order[end]];
    rankSum += inTie * ((start + 1 + end) / 2);
    positives += inTie;
    start = end;
  }
  const negatives = order.length - positives;
  if (positives === 0 || negatives === 0) return null;
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * negatives);
}

/** Average precision: the sum of precision times the step in recall, over distinct scores from high to low, as scikit-learn does; null without positives. */
export function averagePrecision(scores: Float64Array, positive: Uint8Array): number | null {
  const order = ascending(scores);
  let found = 0;
  let total = 0;
  for (const flag of positive) total += flag;
  if (total === 0) return null;
  let area = 0;
  for (let end = order.length - 1; end >= 0; ) {
    let start = end;
    let inTie = 0;
    for (; start >= 0 && scores[order[start]] === scores[order[end]]; start--) inTie += positive[order[start]];
    found += inTie;
    area += (inTie / total) * (found / (order.length - 1 - start));
    end = start;
  }
  return area;
}

function ascending(scores: Float64Array): Uint32Array {
  return Uint32Array.from(scores, (_score, i) => i).sort((a, b) => scores[a] - scores[b]);
}
