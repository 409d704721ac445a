/**
 * Exact interval of a share that is 1 (or 0) in all of `count` independent units, where resampling can only repeat what
 * it saw.
 * Source: C. J. Clopper, E. S. Pearson, "The use of confidence or fiducial limits", Biometrika 26, 1934.
 */
export function allOrNoneInterval(share: 0 | 1, count: number, confidence: number): { low: number; high: number } {
  const tail = ((1 - confidence) / 2) ** (1 / count);
  return share === 1 ? { low: tail, high: 1 } : { low: 0, high: 1 - tail };
}
