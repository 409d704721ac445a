import { hoursAWeek } from "./series";
import type { HourlyNumbers } from "./sources";

/** How one number goes on from hour to hour and from week to week, and with which other it moves. */
export interface SeriesMeasure {
  name: string;
  /** correlation of neighbouring values */
  lag1: number;
  /** of the means of neighbouring weeks, and the root mean square of their differences in the column's deviations */
  weeklyLag1: number;
  weeklyChange: number;
  /** the strongest correlation with another number, and its name */
  strongest: number;
  strongestWith: string;
}

/** Measures numbers of one entity, one value an hour; angles, whose means are none, are to be left out. */
export function measureSeries(numbers: HourlyNumbers): SeriesMeasure[] {
  return numbers.map(({ name, values }) => {
    const weeks = weeklyMeans(values);
    const others = numbers.filter((other) => other.name !== name);
    const r = others.map((other) => correlation(values, other.values));
    const best = r.reduce((at, one, i) => (Math.abs(one) > Math.abs(r[at]) ? i : at), 0);
    const changes = weeks.slice(1).map((mean, i) => (mean - weeks[i]) ** 2);
    return {
      name,
      lag1: correlation(values.slice(0, -1), values.slice(1)),
      weeklyLag1: correlation(weeks.slice(0, -1), weeks.slice(1)),
      weeklyChange: Math.sqrt(changes.reduce((sum, one) => sum + one, 0) / changes.length) / deviation(values),
      strongest: r[best],
      strongestWith: others[best].name,
    };
  });
}

function weeklyMeans(values: ArrayLike<number>): number[] {
  const weeks: number[] = [];
  for (let from = 0; from + hoursAWeek <= values.length; from += hoursAWeek) {
    const known = Array.from({ length: hoursAWeek }, (_, i) => values[from + i]).filter(
      (value) => !Number.isNaN(value),
    );
    if (known.length > 0) weeks.push(known.reduce((sum, value) => sum + value, 0) / known.length);
  }
  return weeks;
}

function deviation(values: ArrayLike<number>): number {
  let [n, sum, squares] = [0, 0, 0];
  for (let i = 0; i < values.length; i++)
    if (!Number.isNaN(values[i])) {
      n++;
      sum += values[i];
      squares += values[i] ** 2;
    }
  return Math.sqrt(squares / n - (sum / n) ** 2);
}

/** Pearson's, of the rows in which both are known. */
function correlation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let [n, meanA, meanB, both, first, second] = [0, 0, 0, 0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    if (Number.isNaN(a[i]) || Number.isNaN(b[i])) continue;
    n++;
    const [offA, offB] = [a[i] - meanA, b[i] - meanB];
    meanA += offA / n;
    meanB += offB / n;
    both += offA * (b[i] - meanB);
    first += offA * (a[i] - meanA);
    second += offB * (b[i] - meanB);
  }
  return both / Math.sqrt(first * second);
}
