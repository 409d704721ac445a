/** Area under the ROC curve of scores for 0/1 classes, by ranks (ties count half). */
export function rankAuc(scores: Float64Array, classes: Int32Array): number {
  const order = Array.from(scores.keys()).sort((a, b) => scores[a] - scores[b]);
  const positives = classes.reduce((sum, code) => sum + code, 0);
  let rankSum = 0;
  for (let from = 0; from < order.length; ) {
    let to = from;
    let positivesHere = 0;
    while (to < order.length && scores[order[to]] === scores[order[from]]) positivesHere += classes[order[to++]];
    rankSum += (positivesHere * (from + 1 + to)) / 2;
    from = to;
  }
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * (classes.length - positives));
}

/** Mean squared difference of probabilities and 0/1 classes. */
export function brierScore(probabilities: Float64Array, classes: Int32Array): number {
  let sum = 0;
  for (let row = 0; row < classes.length; row++) sum += (probabilities[row] - classes[row]) ** 2;
  return sum / classes.length;
}
