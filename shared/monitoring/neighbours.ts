/** How far apart consecutive values are; it adds up over consecutive parts. */
export interface Neighbours {
  /** 0 where there is no value */
  first: number;
  last: number;
  /** sum of the squared steps from each value to the next; for categories how many steps change the value */
  apart: number;
}

/** Neighbours of no values. */
export function noNeighbours(): Neighbours {
  return { first: 0, last: 0, apart: 0 };
}

/** A part of a series: its neighbours, and how many values it has. */
interface Part {
  count: number;
  neighbours: Neighbours;
}

/**
 * The neighbours of `before` followed by `after`; `step` is the distance between the last value of one and the first of
 * the other.
 */
export function joinNeighbours(before: Part, after: Part, step: (from: number, to: number) => number): Neighbours {
  if (before.count === 0) return { ...after.neighbours };
  if (after.count === 0) return { ...before.neighbours };
  const { first, last, apart } = before.neighbours;
  const next = after.neighbours;
  return { first, last: next.last, apart: apart + next.apart + step(last, next.first) };
}
