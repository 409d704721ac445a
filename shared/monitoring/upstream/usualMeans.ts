import { squaredDistance } from "../moments/mahalanobis";
import type { MonitoringReference } from "../reference";
import type { TrainingProfile } from "../trainingProfile";
import { columnMeans } from "./columnMeans";

/** How the means of a window usually lie, of the columns whose means vary. */
export interface UsualMeans {
  /** places of the columns among the bins */
  columns: number[];
  means: Float64Array;
  /** of the means, row-major */
  matrix: Float64Array;
  /** deviations of single rows */
  deviations: Float64Array;
  /** the largest squared distance of a training day's means; 1 where single rows set the scale */
  farthest: number;
  origin: string;
}

/** enough days for their means to tell how columns move together */
const leastDays = 20;
const leastRowsADay = 12;

/** By the training days where rows have a time and a day holds enough of them, else by single rows. */
export function usualMeans(training: TrainingProfile, reference?: MonitoringReference): UsualMeans {
  const whole = columnMeans(training.bins, training.profile);
  const columns = whole.flatMap((one, i) => (one !== undefined && one.deviation > 0 ? [i] : []));
  const deviations = Float64Array.from(columns, (i) => whole[i]?.deviation ?? 0);
  const days = (reference?.days ?? [])
    .filter(({ inputs }) => inputs.rows >= leastRowsADay)
    .map(({ inputs }) => columnMeans(training.bins, inputs))
    .filter((day) => columns.every((i) => day[i] !== undefined))
    .map((day) => columns.map((i) => day[i]?.mean ?? 0));
  if (days.length >= Math.max(leastDays, 2 * columns.length)) return byDays(columns, days, deviations);
  const matrix = new Float64Array(columns.length ** 2);
  for (const [a, deviation] of deviations.entries()) matrix[a * columns.length + a] = deviation ** 2;
  const means = Float64Array.from(columns, (i) => whole[i]?.mean ?? 0);
  return { columns, means, matrix, deviations, farthest: 1, origin: "deviations of single training rows" };
}

function byDays(columns: number[], days: number[][], deviations: Float64Array): UsualMeans {
  const size = columns.length;
  const means = new Float64Array(size);
  for (const day of days) for (let i = 0; i < size; i++) means[i] += day[i] / days.length;
  const matrix = new Float64Array(size * size);
  for (const day of days)
    for (let i = 0; i < size; i++)
      for (let j = 0; j < size; j++)
        matrix[i * size + j] += ((day[i] - means[i]) * (day[j] - means[j])) / (days.length - 1);
  const distances = days.map((day) =>
    squaredDistance(
      matrix,
      day.map((mean, i) => mean - means[i]),
    ),
  );
  const origin = `the means of ${days.length} training days`;
  return { columns, means, matrix, deviations, farthest: Math.max(...distances), origin };
}
