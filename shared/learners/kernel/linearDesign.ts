import type { Points } from "./points";
import type { HingeDesign } from "./squaredHinge";

/** The columns of `points` and a last one of 1, which gives the score a constant; conditioned column by column. */
export function linearDesign(points: Points, width: number): HingeDesign {
  const { numberCount, categoryCount, numbers, indicators } = points;
  const scoreOf = (row: number, point: Float64Array): number => {
    let sum = point[width];
    const from = row * numberCount;
    for (let k = 0; k < numberCount; k++) sum += point[k] * numbers[from + k];
    for (let at = row * categoryCount; at < (row + 1) * categoryCount; at++)
      if (indicators[at] >= 0) sum += point[indicators[at]];
    return sum;
  };
  const addRow = (row: number, factor: number, total: Float64Array): void => {
    total[width] += factor;
    const from = row * numberCount;
    for (let k = 0; k < numberCount; k++) total[k] += factor * numbers[from + k];
    for (let at = row * categoryCount; at < (row + 1) * categoryCount; at++)
      if (indicators[at] >= 0) total[indicators[at]] += factor;
  };
  return {
    rowCount: points.count,
    size: width + 1,
    score: (rows, point, scores) => {
      for (const row of rows) scores[row] = scoreOf(row, point);
    },
    combine: (rows, factors) => {
      const total = new Float64Array(width + 1);
      for (const row of rows) addRow(row, factors[row], total);
      return total;
    },
    bend: (rows, factors, direction) => {
      const total = new Float64Array(width + 1);
      for (const row of rows) addRow(row, factors[row] * scoreOf(row, direction), total);
      return total;
    },
    inverse: (rows, factors) => {
      const diagonal = columnSquares(points, width, rows, factors);
      return (vector) => vector.map((value, k) => value / diagonal[k]);
    },
  };
}

/** 1 + the sum of factors[row] x the square of each column over `rows`. */
function columnSquares(points: Points, width: number, rows: Int32Array, factors: Float64Array): Float64Array {
  const { numberCount, categoryCount, numbers, indicators } = points;
  const total = new Float64Array(width + 1).fill(1);
  for (const row of rows) {
    total[width] += factors[row];
    for (let k = 0; k < numberCount; k++) total[k] += factors[row] * numbers[row * numberCount + k] ** 2;
    for (let at = row * categoryCount; at < (row + 1) * categoryCount; at++)
      if (indicators[at] >= 0) total[indicators[at]] += factors[row];
  }
  return total;
}
