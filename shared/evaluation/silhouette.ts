import { seededRandom } from "../math/seededRandom";
import { mean } from "./probabilityScores";

/** Rows of numbers: rows x width, row-major. */
export interface Points {
  width: number;
  values: Float64Array;
}

export interface Silhouette {
  /** null with one cluster, or with every row a cluster of its own */
  value: number | null;
  /** rows it was measured on */
  rows: number;
}

/**
 * Mean silhouette by Euclidean distance: on all rows up to `limit`, above it on `limit` rows drawn by `seed`, because
 * its time grows with the square of the rows. Source: P. Rousseeuw, "Silhouettes", 1987.
 */
export function silhouette(
  points: Points,
  labels: Int32Array,
  { limit, seed }: { limit: number; seed: number },
): Silhouette {
  const rows = labels.length <= limit ? Int32Array.from(labels.keys()) : sample(labels.length, limit, seed);
  const drawn = rows.map((row) => labels[row]);
  const clusters = new Set(drawn).size;
  if (clusters < 2 || clusters === rows.length) return { value: null, rows: rows.length };
  const values = new Float64Array(rows.length * points.width);
  for (let i = 0; i < rows.length; i++)
    values.set(points.values.subarray(rows[i] * points.width, (rows[i] + 1) * points.width), i * points.width);
  return { value: mean(silhouetteByRow({ width: points.width, values }, drawn)), rows: rows.length };
}

/**
 * Silhouette per row: (b - a) / max(a, b), a the mean distance to its own cluster, b to the nearest other; 0 alone in a
 * cluster.
 */
export function silhouetteByRow(points: Points, labels: Int32Array): Float64Array {
  const ids = [...new Set(labels)];
  const place = new Map(ids.map((id, i) => [id, i]));
  const cluster = labels.map((label) => place.get(label) as number);
  const sizes = new Int32Array(ids.length);
  for (const one of cluster) sizes[one]++;
  const sums = new Float64Array(ids.length);
  return Float64Array.from(cluster, (own, row) => {
    if (sizes[own] === 1) return 0;
    sums.fill(0);
    for (let other = 0; other < cluster.length; other++) sums[cluster[other]] += distance(points, row, other);
    const within = sums[own] / (sizes[own] - 1);
    let nearest = Number.POSITIVE_INFINITY;
    for (let one = 0; one < sums.length; one++) if (one !== own) nearest = Math.min(nearest, sums[one] / sizes[one]);
    const larger = Math.max(within, nearest);
    return larger === 0 ? 0 : (nearest - within) / larger;
  });
}

function distance({ width, values }: Points, a: number, b: number): number {
  let sum = 0;
  for (let i = 0; i < width; i++) sum += (values[a * width + i] - values[b * width + i]) ** 2;
  return Math.sqrt(sum);
}

/** `count` of `rows` row numbers without repetition, ascending: the first steps of a Fisher-Yates shuffle. */
function sample(rows: number, count: number, seed: number): Int32Array {
  const random = seededRandom(seed);
  const all = Int32Array.from({ length: rows }, (_, row) => row);
  for (let i = 0; i < count; i++) {
    const other = i + Math.floor(random() * (rows - i));
    [all[i], all[other]] = [all[other], all[i]];
  }
  return all.slice(0, count).sort();
}
