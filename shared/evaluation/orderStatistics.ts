/**
 * The value below which `share` (0 to 1) of `sorted` lies, by linear interpolation between order statistics (type 7,
 * numpy's default); NaN of an empty list.
 */
export function quantile(sorted: Float64Array, share: number): number {
  if (sorted.length === 0) return Number.NaN;
  const at = share * (sorted.length - 1);
  const below = Math.floor(at);
  const above = Math.min(below + 1, sorted.length - 1);
  const part = at - below;
  const step = sorted[above] - sorted[below];
  // from the nearer end, as numpy does, so that bin edges are the same to the last bit
  return part < 0.5 ? sorted[below] + step * part : sorted[above] - step * (1 - part);
}

/** The middle of `values`, in any order; NaN of an empty list. */
export function median(values: Float64Array): number {
  return quantile(values.toSorted(), 0.5);
}
