/** How far apart values are that follow one another; it adds up over parts that follow one another. */
export interface Neighbours {
  first: number | null;
  last: number | null;
  pairs: number;
  /** sum of the squared steps from each value to the next; for categories how many steps change the value */
  apart: number;
}

/** Neighbours of no values. */
export function noNeighbours(): Neighbours {
  return { first: null, last: null, pairs: 0, apart: 0 };
}

/** Counts the step to a number. */
export function stepToNumber(neighbours: Neighbours, value: number): void {
  if (neighbours.last === null) neighbours.first = value;
  else {
    neighbours.pairs++;
    neighbours.apart += (value - neighbours.last) ** 2;
  }
  neighbours.last = value;
}

/** Counts the step to a category's code. */
export function stepToCode(neighbours: Neighbours, code: number): void {
  if (neighbours.last === null) neighbours.first = code;
  else {
    neighbours.pairs++;
    if (code !== neighbours.last) neighbours.apart++;
  }
  neighbours.last = code;
}

/** The neighbours of `before` followed by `after`; `step` is what the step between the two counts. */
export function joinNeighbours(
  before: Neighbours,
  after: Neighbours,
  step: (from: number, to: number) => number,
): Neighbours {
  const joint = before.last !== null && after.first !== null;
  return {
    first: before.first ?? after.first,
    last: after.last ?? before.last,
    pairs: before.pairs + after.pairs + (joint ? 1 : 0),
    apart: before.apart + after.apart + (joint ? step(before.last as number, after.first as number) : 0),
  };
}
