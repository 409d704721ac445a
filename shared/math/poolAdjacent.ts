/**
 * The non-decreasing sequence nearest to `values` in weighted squares, by pooling adjacent violators (Ayer et al.
 * 1955); weights are positive.
 */
export function poolAdjacent(values: Float64Array, weights: Float64Array): Float64Array {
  const means = new Float64Array(values.length);
  const sums = new Float64Array(values.length);
  const lengths = new Int32Array(values.length);
  let blocks = 0;
  for (let at = 0; at < values.length; at++) {
    means[blocks] = values[at];
    sums[blocks] = weights[at];
    lengths[blocks] = 1;
    while (blocks > 0 && means[blocks - 1] >= means[blocks]) {
      const sum = sums[blocks - 1] + sums[blocks];
      means[blocks - 1] += ((means[blocks] - means[blocks - 1]) * sums[blocks]) / sum;
      sums[blocks - 1] = sum;
      lengths[blocks - 1] += lengths[blocks];
      blocks--;
    }
    blocks++;
  }
  const fitted = new Float64Array(values.length);
  let at = 0;
  for (let block = 0; block < blocks; block++) {
    fitted.fill(means[block], at, at + lengths[block]);
    at += lengths[block];
  }
  return fitted;
}
