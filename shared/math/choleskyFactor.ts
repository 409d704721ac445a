/**
 * The lower factor L of a symmetric positive definite matrix L Lᵀ (size x size, row-major; only its lower half is
 * read).
 */
export function choleskyFactor(matrix: Float64Array, size: number): Float64Array {
  const factor = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      const rest = matrix[i * size + j] - prefixDot(factor, i * size, j * size, j);
      if (i > j) factor[i * size + j] = rest / factor[j * size + j];
      else if (rest > 0) factor[i * size + i] = Math.sqrt(rest);
      else throw new Error(`not positive definite: pivot ${i} of ${size} is ${rest}`);
    }
  }
  return factor;
}

/** Solves L x = vector in place. */
export function solveLower(factor: Float64Array | Float32Array, size: number, vector: Float64Array): void {
  for (let i = 0; i < size; i++) {
    let sum = vector[i];
    const from = i * size;
    for (let k = 0; k < i; k++) sum -= factor[from + k] * vector[k];
    vector[i] = sum / factor[from + i];
  }
}

/** Solves Lᵀ x = vector in place. */
export function solveUpper(factor: Float64Array | Float32Array, size: number, vector: Float64Array): void {
  for (let i = size - 1; i >= 0; i--) {
    const from = i * size;
    const value = vector[i] / factor[from + i];
    vector[i] = value;
    for (let k = 0; k < i; k++) vector[k] -= value * factor[from + k];
  }
}

function prefixDot(values: Float64Array, a: number, b: number, length: number): number {
  let even = 0;
  let odd = 0;
  let k = 0;
  for (; k + 1 < length; k += 2) {
    even += values[a + k] * values[b + k];
    odd += values[a + k + 1] * values[b + k + 1];
  }
  if (k < length) even += values[a + k] * values[b + k];
  return even + odd;
}
