/**
 * Rows x classes from the model's scores: with two classes the float32 probability of the positive one, otherwise all
 * classes already.
 */
export function classProbabilities(scores: Float64Array, classCount: number, positiveIndex: number): Float64Array {
  if (classCount !== 2) return scores;
  const probabilities = new Float64Array(scores.length * 2);
  for (let row = 0; row < scores.length; row++) {
    probabilities[2 * row + positiveIndex] = scores[row];
    probabilities[2 * row + 1 - positiveIndex] = Math.fround(1 - scores[row]);
  }
  return probabilities;
}
