/**
 * Products with chosen rows of a uint16 matrix (row x width), four rows at a time: the vector is read once for four.
 */

/** Writes matrix[row] . vector to scores[row] for `rows`. */
export function scoreRows(
  matrix: Uint16Array,
  width: number,
  rows: Int32Array,
  vector: Float64Array,
  scores: Float64Array,
): void {
  const four = new Float64Array(4);
  for (let at = 0; at < rows.length; at += 4) {
    const [a, b, c, d] = placesOf(rows, at, width);
    dotFour(matrix, a, b, c, d, vector, four);
    for (let k = 0; k < 4 && at + k < rows.length; k++) scores[rows[at + k]] = four[k];
  }
}

/** The sum of factors[row] x matrix[row] over `rows`. */
export function addCombination(
  matrix: Uint16Array,
  width: number,
  rows: Int32Array,
  factors: Float64Array,
): Float64Array {
  const sum = new Float64Array(width);
  const four = new Float64Array(4);
  for (let at = 0; at < rows.length; at += 4) {
    const [a, b, c, d] = placesOf(rows, at, width);
    for (let k = 0; k < 4; k++) four[k] = at + k < rows.length ? factors[rows[at + k]] : 0;
    addFour(matrix, a, b, c, d, four, sum);
  }
  return sum;
}

/** The sum of factors[row] x (matrix[row] . vector) x matrix[row] over `rows`, each row read from memory once. */
export function addBend(
  matrix: Uint16Array,
  width: number,
  rows: Int32Array,
  factors: Float64Array,
  vector: Float64Array,
): Float64Array {
  const sum = new Float64Array(width);
  const four = new Float64Array(4);
  for (let at = 0; at < rows.length; at += 4) {
    const [a, b, c, d] = placesOf(rows, at, width);
    dotFour(matrix, a, b, c, d, vector, four);
    for (let k = 0; k < 4; k++) four[k] *= at + k < rows.length ? factors[rows[at + k]] : 0;
    addFour(matrix, a, b, c, d, four, sum);
  }
  return sum;
}

/** Where four rows from rows[at] on begin; past the end the last row stands in. */
function placesOf(rows: Int32Array, at: number, width: number): [number, number, number, number] {
  const last = rows.length - 1;
  return [
    rows[at] * width,
    rows[Math.min(at + 1, last)] * width,
    rows[Math.min(at + 2, last)] * width,
    rows[Math.min(at + 3, last)] * width,
  ];
}

function dotFour(
  matrix: Uint16Array,
  a: number,
  b: number,
  c: number,
  d: number,
  vector: Float64Array,
  result: Float64Array,
): void {
  let [first, second, third, fourth] = [0, 0, 0, 0];
  for (let k = 0; k < vector.length; k++) {
    const value = vector[k];
    first += value * matrix[a + k];
    second += value * matrix[b + k];
    third += value * matrix[c + k];
    fourth += value * matrix[d + k];
  }
  result[0] = first;
  result[1] = second;
  result[2] = third;
  result[3] = fourth;
}

function addFour(
  matrix: Uint16Array,
  a: number,
  b: number,
  c: number,
  d: number,
  factors: Float64Array,
  sum: Float64Array,
): void {
  const [first, second, third, fourth] = [factors[0], factors[1], factors[2], factors[3]];
  for (let k = 0; k < sum.length; k++)
    sum[k] += first * matrix[a + k] + second * matrix[b + k] + (third * matrix[c + k] + fourth * matrix[d + k]);
}
