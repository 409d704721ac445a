import { choleskyFactor, solveLower, solveUpper } from "../../math/choleskyFactor";
import { type Points, selectPoints } from "./points";
import { rbfKernelRow } from "./rbfKernel";
import { addBend, addCombination, scoreRows } from "./rowProducts";
import type { HingeDesign } from "./squaredHinge";

/** of the fixed point numbers: 2 is 65,534 */
const unit = 32_767;

/** A design whose points stand for kernel machines on landmarks. */
export interface NystroemDesign extends HingeDesign {
  /** The weight of each landmark in the score f(x) = the sum of weight x (kernel(x, landmark) + 1). */
  landmarkWeights(point: Float64Array): Float64Array;
}

/**
 * The rows of `points` seen through the kernel's values at `landmarks` (rows of `points`), in the coordinates where the
 * norm of a function is the norm of its point: the Nystroem method (Williams and Seeger 2001), preconditioned as in
 * Rudi, Carratino and Rosasco 2017 ("FALKON"). 1 is added to the kernel, which gives the score a constant.
 */
export function nystroemDesign(points: Points, landmarks: Int32Array, gamma: number): NystroemDesign {
  const size = landmarks.length;
  const marks = selectPoints(points, landmarks);
  const kernel = kernelMatrix(points, marks, gamma);
  const factor = landmarkFactor(marks, gamma);
  const gram = transposedGram(factor, size);
  const toWeights = (point: Float64Array): Float64Array => {
    const weights = point.slice();
    solveUpper(factor, size, weights);
    return weights;
  };
  const toMatrix = (point: Float64Array): Float64Array => toWeights(point).map((weight) => weight / unit);
  const toPoint = (sums: Float64Array): Float64Array => {
    for (let k = 0; k < size; k++) sums[k] /= unit;
    solveLower(factor, size, sums);
    return sums;
  };
  const solvers = new Solvers(gram, size);
  return {
    rowCount: points.count,
    size,
    score: (rows, point, scores) => scoreRows(kernel, size, rows, toMatrix(point), scores),
    combine: (rows, factors) => toPoint(addCombination(kernel, size, rows, factors)),
    bend: (rows, factors, direction) => toPoint(addBend(kernel, size, rows, factors, toMatrix(direction))),
    inverse: (rows, factors) => solvers.at(rows.reduce((sum, row) => sum + factors[row], 0) / size),
    landmarkWeights: toWeights,
  };
}

/**
 * Kernel + 1 of every point with every landmark, in fixed point: half the memory of float32, and errors far below the
 * loss's own noise.
 */
function kernelMatrix(points: Points, landmarks: Points, gamma: number): Uint16Array {
  const size = landmarks.count;
  const matrix = new Uint16Array(points.count * size);
  const values = new Float64Array(size);
  for (let row = 0; row < points.count; row++) {
    rbfKernelRow(points, row, landmarks, gamma, values);
    const from = row * size;
    for (let k = 0; k < size; k++) matrix[from + k] = Math.round(unit * (values[k] + 1));
  }
  return matrix;
}

/**
 * The lower Cholesky factor of the kernel among the landmarks; a little is added to the diagonal because landmarks may
 * be equal.
 */
function landmarkFactor(landmarks: Points, gamma: number): Float64Array {
  const size = landmarks.count;
  const own = new Float64Array(size * size);
  for (let k = 0; k < size; k++) {
    const values = own.subarray(k * size, (k + 1) * size);
    rbfKernelRow(landmarks, k, landmarks, gamma, values);
    for (let j = 0; j <= k; j++) values[j] += 1;
    values[k] += 1e-6 * Math.sqrt(size);
  }
  return choleskyFactor(own, size);
}

/** Lᵀ L of a lower factor L, lower half. */
function transposedGram(factor: Float64Array, size: number): Float64Array {
  const gram = new Float64Array(size * size);
  for (let k = 0; k < size; k++) {
    const from = k * size;
    for (let i = 0; i <= k; i++) {
      const value = factor[from + i];
      const target = i * size;
      for (let j = 0; j <= i; j++) gram[target + j] += value * factor[from + j];
    }
  }
  return gram;
}

/** what the factors that are kept may take, in bytes */
const roomForFactors = 2 ** 27;

/**
 * Solves (1 + scale x Lᵀ L) x = vector: were the rows drawn as the landmarks are, this would be the whole curvature. It
 * only has to be near, so one factor, in float32, serves all scales about a power of two, of every machine on the
 * landmarks; the least recently used are dropped first.
 */
class Solvers {
  private readonly factors = new Map<number, Float32Array>();
  private readonly most: number;

  constructor(
    private readonly gram: Float64Array,
    private readonly size: number,
  ) {
    this.most = Math.max(1, Math.floor(roomForFactors / (4 * size * size)));
  }

  at(scale: number): (vector: Float64Array) => Float64Array {
    const factor = this.factorAt(Math.round(Math.log2(scale)));
    return (vector) => {
      const solution = vector.slice();
      solveLower(factor, this.size, solution);
      solveUpper(factor, this.size, solution);
      return solution;
    };
  }

  private factorAt(power: number): Float32Array {
    const factor = this.factors.get(power) ?? this.factor(2 ** power);
    this.factors.delete(power);
    this.factors.set(power, factor);
    const [oldest] = this.factors.keys();
    if (this.factors.size > this.most) this.factors.delete(oldest);
    return factor;
  }

  private factor(scale: number): Float32Array {
    const { gram, size } = this;
    const matrix = gram.map((value) => scale * value);
    for (let k = 0; k < size; k++) matrix[k * size + k] += 1;
    return Float32Array.from(choleskyFactor(matrix, size));
  }
}
