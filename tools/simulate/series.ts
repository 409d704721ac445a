import type { FeatureTable } from "../../shared/featureTable";
import { seededRandom } from "../../shared/math/seededRandom";
import { hourMs } from "../../shared/time";

/** Hourly rows of one source, with the use case's words for them. */
export interface Series {
  table: FeatureTable;
  times: Float64Array;
  /** by column name: length of the cycle */
  cycles: Record<string, number>;
}

export const hoursAWeek = 168;
const start = Date.UTC(2018, 0, 1);
const yearHours = 365.2425 * 24;
const states = ["calm", "mixed", "rough"];

/**
 * Hourly measurements outdoors in which nothing is wrong: seasons, days, and correlated columns with Gaussian noise; a
 * bearing and a category depend on it. How alike the sample it is stands in docs/monitoring-results.md: its wind and
 * sight are much smoother from hour to hour, its weeks vary about as much.
 */
export function steadySeries(weeks: number, seed: number): Series {
  const hours = weeks * hoursAWeek;
  const normal = normals(seed);
  const noise = (memory: number, smoothing: number) => correlated(hours, memory, smoothing, normal);
  const air = noise(36, 3);
  const moisture = noise(14, 3);
  const mass = noise(34, 5);
  const gust = noise(10, 3);
  const slow = noise(400, 3);
  const haze = noise(9, 3);
  const turn = noise(16, 2);
  const at = (hour: number) => {
    const season = Math.cos((2 * Math.PI * (hour - 20 * 24)) / yearHours);
    const day = Math.cos((2 * Math.PI * (hour - 14)) / 24);
    const warmth = -10 * season + 3 * day + 4 * air[hour] - 0.8 * mass[hour];
    const wind = 12 * Math.exp(0.35 * gust[hour] - 0.25 * mass[hour] + 0.12 * season + 0.1 * day);
    const wet = 0.68 - 0.1 * day + 0.11 * moisture[hour] - 0.05 * mass[hour] - 0.03 * air[hour];
    return {
      warmth,
      felt: warmth - 0.25 * (wind - 12) + 0.25 * normal(),
      moisture: Math.min(1, Math.max(0.1, wet)),
      wind,
      sight: Math.min(16, Math.max(0.5, 13 - 14 * (wet - 0.68) + 2.2 * haze[hour])),
      mass: 1016 - 2 * season + 7 * mass[hour],
      water: 9 - 7 * Math.cos((2 * Math.PI * (hour - 50 * 24)) / yearHours) + 1.5 * slow[hour],
      bearing: (((230 + 55 * turn[hour] + 25 * mass[hour]) % 360) + 360) % 360,
      state: wet - 0.08 * mass[hour] + 0.05 * haze[hour] > 0.85 ? 2 : wet > 0.72 ? 1 : 0,
    };
  };
  const rows = Array.from({ length: hours }, (_, hour) => at(hour));
  const numbers = (["warmth", "felt", "moisture", "wind", "sight", "mass", "water", "bearing"] as const).map(
    (name) => ({
      name,
      values: Float32Array.from(rows, (row) => row[name]),
    }),
  );
  return {
    table: {
      rowCount: hours,
      numbers,
      categories: [{ name: "state", levels: states, codes: Int32Array.from(rows, ({ state }) => state) }],
    },
    times: Float64Array.from(rows, (_row, hour) => start + hour * hourMs),
    cycles: { bearing: 360 },
  };
}

/**
 * A Gaussian series of variance 1 that forgets in `memory` hours and is smooth over `smoothing` hours: an
 * autoregression, averaged by another.
 */
function correlated(length: number, memory: number, smoothing: number, normal: () => number): Float64Array {
  const values = new Float64Array(length);
  const [a, b] = [Math.exp(-1 / memory), Math.exp(-1 / smoothing)];
  const spread = Math.sqrt((1 + a * b) / ((1 - a * b) * (1 - a * a) * (1 - b * b)));
  let [driving, value] = [0, 0];
  const warmUp = Math.ceil(5 * memory);
  for (let i = -warmUp; i < length; i++) {
    driving = a * driving + normal();
    value = b * value + driving;
    if (i >= 0) values[i] = value / spread;
  }
  return values;
}

/** Box and Muller, 1958. */
function normals(seed: number): () => number {
  const random = seededRandom(seed);
  return () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
