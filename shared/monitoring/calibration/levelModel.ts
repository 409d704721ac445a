import { solveCholesky } from "../../math/solveCholesky";

/** What the shift of a column's mean usually is, given the shifts of the others in the same window. */
export interface LevelModel {
  /** other columns, and what each of their shifts means for this one */
  others: number[];
  weights: number[];
  /** root mean square of what that leaves, in windows that the weights were not made from */
  left: number;
  degrees: number;
}

/** columns beyond the most alike are left out of a model */
const mostOthers = 12;
const parts = 8;
const penalties = [0.01, 0.1, 1];

/**
 * A ridge regression of one column's shifts on those of the others over history windows, the penalty chosen by what is
 * left in parts of history that a fit has not seen; undefined where there is too little history. `shifts`: one row per
 * window, `independent`: how many of them do not overlap.
 */
export function levelModel(
  shifts: readonly Float64Array[],
  column: number,
  independent: number,
): LevelModel | undefined {
  const known = shifts.filter((row) => !Number.isNaN(row[column]));
  if (known.length < 2 * parts || independent < parts) return undefined;
  const others = mostAlike(known, column, Math.min(mostOthers, Math.floor(independent / 4)));
  const rows = known.filter((row) => others.every((other) => !Number.isNaN(row[other])));
  if (others.length === 0 || rows.length < 2 * parts) return undefined;
  const tried = penalties.map((penalty) => ({ penalty, left: leftOver(rows, column, others, penalty) }));
  const best = tried.reduce((a, b) => (b.left < a.left ? b : a));
  const weights = ridge(rows, column, others, best.penalty);
  return { others, weights, left: best.left, degrees: Math.max(3, independent - others.length) };
}

/** What a window's shift of the column is beyond what the others explain. */
export function unexplained({ others, weights }: LevelModel, column: number, shifts: ArrayLike<number>): number {
  return others.reduce((left, other, i) => left - weights[i] * shifts[other], shifts[column]);
}

function mostAlike(rows: readonly Float64Array[], column: number, most: number): number[] {
  const alike = Array.from(rows[0], (_, other) => ({
    other,
    r: other === column ? 0 : alikeness(rows, column, other),
  }));
  return alike
    .filter(({ r }) => r > 0.1)
    .sort((a, b) => b.r - a.r)
    .slice(0, most)
    .map(({ other }) => other);
}

function alikeness(rows: readonly Float64Array[], a: number, b: number): number {
  let [both, first, second] = [0, 0, 0];
  for (const row of rows) {
    if (Number.isNaN(row[a]) || Number.isNaN(row[b])) continue;
    both += row[a] * row[b];
    first += row[a] * row[a];
    second += row[b] * row[b];
  }
  return first * second > 0 ? Math.abs(both) / Math.sqrt(first * second) : 0;
}

/** Root mean square of what fits leave in the parts of history that they have not seen. */
function leftOver(rows: readonly Float64Array[], column: number, others: number[], penalty: number): number {
  let squares = 0;
  for (let part = 0; part < parts; part++) {
    const from = Math.floor((part * rows.length) / parts);
    const to = Math.floor(((part + 1) * rows.length) / parts);
    const weights = ridge([...rows.slice(0, from), ...rows.slice(to)], column, others, penalty);
    for (const row of rows.slice(from, to)) squares += unexplained({ others, weights } as LevelModel, column, row) ** 2;
  }
  return Math.sqrt(squares / rows.length);
}

/** The penalty is in units of each column's own mean square. */
function ridge(rows: readonly Float64Array[], column: number, others: number[], penalty: number): number[] {
  const width = others.length;
  const matrix = new Float64Array(width * width);
  const right = new Float64Array(width);
  for (const row of rows)
    for (let i = 0; i < width; i++) {
      right[i] += row[others[i]] * row[column];
      for (let j = 0; j < width; j++) matrix[i * width + j] += row[others[i]] * row[others[j]];
    }
  for (let i = 0; i < width; i++) matrix[i * width + i] += penalty * matrix[i * width + i] + 1e-9;
  return Array.from(solveCholesky(matrix, right) ?? right.fill(0));
}
