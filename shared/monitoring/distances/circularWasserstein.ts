import type { WeightedPoints } from "./wasserstein";

/** How cyclic numbers are compared, by its name in results: the distance over a quarter of the cycle. */
export const circularStatistic = "circularWasserstein1/quarter";

/**
 * Wasserstein-1 distance of two weighted point sets on a circle of length `period`, in the unit of the values: the area
 * between their distribution functions once the better origin is chosen, which is the weighted median of their
 * difference. Source: J. Rabin, J. Delon, Y. Gousseau, "Transportation distances on the circle", 2011.
 */
export function circularWasserstein(first: WeightedPoints, second: WeightedPoints, period: number): number {
  const a = total(first);
  const b = total(second);
  const steps = [...stepsOf(first, period, 1 / a), ...stepsOf(second, period, -1 / b)].sort((x, y) => x.at - y.at);
  if (steps.length === 0) return 0;
  let height = 0;
  const pieces = steps.map(({ at, by }, i) => {
    height += by;
    const next = i + 1 < steps.length ? steps[i + 1].at : steps[0].at + period;
    return { height, width: next - at };
  });
  const middle = weightedMedian(pieces, period);
  return pieces.reduce((sum, piece) => sum + Math.abs(piece.height - middle) * piece.width, 0);
}

function stepsOf({ values, weights }: WeightedPoints, period: number, scale: number) {
  return Array.from(values, (value, i) => ({
    at: ((value % period) + period) % period,
    by: weights[i] * scale,
  })).filter(({ by }) => by !== 0);
}

function weightedMedian(pieces: { height: number; width: number }[], period: number): number {
  let below = 0;
  for (const { height, width } of pieces.toSorted((x, y) => x.height - y.height)) {
    below += width;
    if (below >= period / 2) return height;
  }
  return 0;
}

function total({ weights }: WeightedPoints): number {
  let sum = 0;
  for (let i = 0; i < weights.length; i++) sum += weights[i];
  return sum;
}
