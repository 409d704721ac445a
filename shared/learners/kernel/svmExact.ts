import { z } from "zod";
import { AppError } from "../../errors";
import type { Trainer } from "../trainer";
import { fittedMachines, joinMachines, logOdds } from "./fittedMachines";
import { kernelCache } from "./kernelCache";
import { linearKernelRow } from "./linearKernel";
import type { Machine, MachineModel } from "./machine";
import { type MachineRows, machineRows } from "./machineRows";
import { type BinaryFit, fitNotes, fitOneVsRest } from "./oneVsRest";
import { densePoints, type Points, selectPoints } from "./points";
import { rbfKernelRow, scaleGamma } from "./rbfKernel";
import { type SmoSolution, solveSmo } from "./smoSolver";

const parameters = z.strictObject({
  /** the most a row's multiplier can be: penalty on rows within the margin */
  c: z.number().gt(0).max(1e6).default(1),
  kernel: z.enum(["rbf", "linear"]).default("rbf"),
  /** rbf kernel = exp(-gamma x squared distance); "scale" is 1 / (columns x variance of the standardised columns) */
  gamma: z.union([z.literal("scale"), z.number().gt(0).max(1e6)]).default("scale"),
  /** done when no pair of rows violates the optimality conditions by more */
  tolerance: z.number().gt(0).max(0.1).default(1e-3),
  maxIterations: z.int().min(1).max(1e8).default(1e6),
});

type ExactParameters = z.output<typeof parameters>;

/** The time grows with the square of the rows, and the model with their number. */
const maxRows = 20_000;
/** rows x columns: what the support vectors may take up in the graph, 128 MB */
const maxEntries = 2 ** 24;

/**
 * The support vector machine with hinge loss, solved to the end as scikit-learn's SVC; for tables of thousands of rows.
 */
export const svmExact: Trainer<ExactParameters> = {
  learner: "svm-exact",
  tasks: ["classification"],
  parameters,
  fit(table, target, settings, context) {
    const rows = machineRows("svm-exact", table, target, context);
    checkSize(rows.points.count, rows.features.width);
    const gamma = gammaOf(rows, settings);
    const fits = fitOneVsRest(
      rows,
      (signs, weights) => solveMachine(rows.points, signs, weights, gamma, settings),
      context,
    );
    const { positiveIndex = 1, decisionThreshold = 0.5 } = context;
    const machines = gamma === undefined ? linearMachines(rows, fits) : kernelMachines(rows, fits, gamma);
    return fittedMachines(
      { learner: "svm-exact", features: rows.features, notes: fitNotes(fits), ...machines },
      { classes: rows.target.classes, positiveIndex, decisionThreshold },
    );
  },
};

function checkSize(rowCount: number, width: number): void {
  const advice = "; svm-rbf and svm-linear take more";
  if (rowCount > maxRows)
    throw new AppError("too_large", `${rowCount} training rows; svm-exact takes at most ${maxRows}${advice}`);
  if (rowCount * width > maxEntries)
    throw new AppError(
      "too_large",
      `${rowCount} training rows x ${width} columns (one per category level); svm-exact takes at most ${maxEntries} of both together${advice}`,
    );
}

/** Of the rbf kernel; undefined stands for the linear one. */
function gammaOf({ points, weights, features }: MachineRows, { kernel, gamma }: ExactParameters): number | undefined {
  if (kernel === "linear") return undefined;
  return gamma === "scale" ? scaleGamma(points, weights, features.width) : gamma;
}

function kernelRow(points: Points, row: number, others: Points, gamma: number | undefined, values: Float64Array) {
  if (gamma === undefined) linearKernelRow(points, row, others, values);
  else rbfKernelRow(points, row, others, gamma, values);
}

/** A machine on the rows of positive weight; its coefficients are of all rows. */
function solveMachine(
  points: Points,
  signs: Float64Array,
  weights: Float64Array,
  gamma: number | undefined,
  { c, tolerance, maxIterations }: ExactParameters,
): { solution: SmoSolution; scores: Float64Array } {
  const chosen = Int32Array.from(signs.keys()).filter((row) => weights[row] > 0);
  const learning = selectPoints(points, chosen);
  const solved = solveSmo({
    kernel: kernelCache(
      chosen.length,
      (row, values) => kernelRow(learning, row, learning, gamma, values),
      selfKernel(learning, gamma),
    ),
    signs: Float64Array.from(chosen, (row) => signs[row]),
    limits: Float64Array.from(chosen, (row) => c * weights[row]),
    tolerance,
    maxIterations,
  });
  const coefficients = new Float64Array(points.count);
  for (const [at, row] of chosen.entries()) coefficients[row] = solved.coefficients[at];
  const solution = { ...solved, coefficients };
  return { solution, scores: scoresOf(points, solution, gamma) };
}

function selfKernel(points: Points, gamma: number | undefined): Float64Array {
  const own = new Float64Array(1);
  return new Float64Array(points.count).map((_, row) => {
    kernelRow(points, row, selectPoints(points, Int32Array.of(row)), gamma, own);
    return own[0];
  });
}

function scoresOf(points: Points, machine: Machine, gamma: number | undefined): Float64Array {
  const support = Int32Array.from(machine.coefficients.keys()).filter((row) => machine.coefficients[row] !== 0);
  const vectors = selectPoints(points, support);
  const values = new Float64Array(support.length);
  return new Float64Array(points.count).map((_, row) => {
    kernelRow(points, row, vectors, gamma, values);
    return values.reduce((sum, value, at) => sum + value * machine.coefficients[support[at]], machine.intercept);
  });
}

/** The weights that the support vectors of the linear kernel add up to. */
function linearMachines(
  { points, features: { width } }: MachineRows,
  fits: BinaryFit<SmoSolution>[],
): Pick<MachineModel, "coefficients" | "intercepts"> {
  const dense = densePoints(points, width);
  return joinMachines(
    fits.map(({ solution, sigmoid }) => {
      const weights = new Float64Array(width);
      for (const [row, coefficient] of solution.coefficients.entries())
        for (let k = 0; k < width; k++) weights[k] += coefficient * dense[row * width + k];
      return logOdds({ coefficients: weights, intercept: solution.intercept }, sigmoid);
    }),
  );
}

/** Every machine on the rows that support any of them. */
function kernelMachines(
  { points }: MachineRows,
  fits: BinaryFit<SmoSolution>[],
  gamma: number,
): Pick<MachineModel, "coefficients" | "intercepts" | "kernel"> {
  const support = Int32Array.from({ length: points.count }, (_, row) => row).filter((row) =>
    fits.some(({ solution }) => solution.coefficients[row] !== 0),
  );
  const machines = fits.map(({ solution, sigmoid }) => {
    const coefficients = Float64Array.from(support, (row) => solution.coefficients[row]);
    return logOdds({ coefficients, intercept: solution.intercept }, sigmoid);
  });
  return { kernel: { gamma, points: selectPoints(points, support) }, ...joinMachines(machines) };
}
