/**
 * A stretch of a curve between two kept points, and its point that lies farthest from the straight line between them.
 */
interface Stretch {
  start: number;
  end: number;
  farthest: number;
  distance: number;
}

/**
 * Indices of at most `most` (at least 2) points whose straight lines keep the shape of the curve (x, y): the ends, then
 * always the point that lies farthest from the lines so far; none when all points lie on them. Source: U. Ramer, "An
 * iterative procedure for the polygonal approximation of plane curves", 1972.
 */
export function thinCurve(x: readonly number[], y: readonly number[], most: number): number[] {
  if (x.length <= 2) return x.map((_value, i) => i);
  const stretches = [stretchOf(x, y, 0, x.length - 1)];
  while (stretches.length < most - 1) {
    const widest = stretches.reduce((best, one) => (one.distance > best.distance ? one : best));
    if (widest.distance === 0) break;
    const { start, end, farthest } = widest;
    stretches.splice(stretches.indexOf(widest), 1, stretchOf(x, y, start, farthest), stretchOf(x, y, farthest, end));
  }
  return [0, ...stretches.map(({ end }) => end)];
}

function stretchOf(x: readonly number[], y: readonly number[], start: number, end: number): Stretch {
  const dx = x[end] - x[start];
  const dy = y[end] - y[start];
  const length = Math.hypot(dx, dy);
  const stretch = { start, end, farthest: start, distance: 0 };
  for (let i = start + 1; i < end; i++) {
    const px = x[i] - x[start];
    const py = y[i] - y[start];
    const distance = length === 0 ? Math.hypot(px, py) : Math.abs(dx * py - dy * px) / length;
    if (distance > stretch.distance) {
      stretch.farthest = i;
      stretch.distance = distance;
    }
  }
  return stretch;
}
