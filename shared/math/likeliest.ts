/** The position of the greatest of `count` numbers from `start` on, counted from there; the first of equal ones. */
export function likeliest(values: ArrayLike<number>, start: number, count: number): number {
  let best = 0;
  for (let at = 1; at < count; at++) if (values[start + at] > values[start + best]) best = at;
  return best;
}
