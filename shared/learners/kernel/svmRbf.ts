import { z } from "zod";
import { AppError } from "../../errors";
import { RandomStream } from "../../math/randomStream";
import type { Trainer } from "../trainer";
import { fittedMachines, joinMachines, logOdds } from "./fittedMachines";
import { machineRows } from "./machineRows";
import { nystroemDesign } from "./nystroemDesign";
import { fitNotes, fitOneVsRest } from "./oneVsRest";
import { selectPoints } from "./points";
import { scaleGamma } from "./rbfKernel";
import { squaredHingeSolver } from "./squaredHinge";

const parameters = z.strictObject({
  /** penalty on rows within the margin */
  c: z.number().gt(0).max(1e6).default(1),
  /** kernel = exp(-gamma x squared distance); "scale" is 1 / (columns x variance of the standardised columns) */
  gamma: z.union([z.literal("scale"), z.number().gt(0).max(1e6)]).default("scale"),
  /**
   * training rows that the decision is made of; with as many as there are rows the kernel is exact; "auto" takes more
   * the more columns there are
   */
  landmarks: z.union([z.literal("auto"), z.int().min(1).max(4000)]).default("auto"),
  /** done when the gradient has shrunk to this share of what it is at the start */
  tolerance: z.number().gt(0).max(0.1).default(5e-3),
});

type RbfParameters = z.output<typeof parameters>;

/** 512 MB of uint16 */
const maxKernelValues = 2 ** 28;
/** "auto" never takes fewer of a large table: they would say too little */
const leastLandmarks = 300;

/**
 * A support vector machine with an RBF kernel by landmarks (Nystroem) and squared hinge loss: seconds where the exact
 * one takes minutes.
 */
export const svmRbf: Trainer<RbfParameters> = {
  learner: "svm-rbf",
  tasks: ["classification"],
  parameters,
  fit(table, target, { c, gamma: setting, landmarks, tolerance }, context) {
    const rows = machineRows("svm-rbf", table, target, context);
    const { points, features } = rows;
    const gamma = setting === "scale" ? scaleGamma(points, rows.weights, features.width) : setting;
    const chosen = drawLandmarks(points.count, landmarkCount(landmarks, points.count, features.width), context.seed);
    const design = nystroemDesign(points, chosen, gamma);
    const fits = fitOneVsRest(rows, squaredHingeSolver(design, c, tolerance), context);
    const machines = fits.map(({ solution, sigmoid }) => {
      const coefficients = design.landmarkWeights(solution.point);
      // the kernel of the design is one more than the model's
      return logOdds({ coefficients, intercept: coefficients.reduce((sum, value) => sum + value, 0) }, sigmoid);
    });
    const { positiveIndex = 1, decisionThreshold = 0.5 } = context;
    return fittedMachines(
      {
        learner: "svm-rbf",
        features,
        kernel: { gamma, points: selectPoints(points, chosen) },
        notes: fitNotes(fits),
        ...joinMachines(machines),
      },
      { classes: rows.target.classes, positiveIndex, decisionThreshold },
    );
  },
};

/**
 * As many landmarks as wanted and as there are rows; what "auto" means was measured where products of two columns
 * matter.
 */
function landmarkCount(wanted: RbfParameters["landmarks"], rowCount: number, width: number): number {
  const held = Math.floor(maxKernelValues / rowCount);
  const count = Math.min(
    rowCount,
    wanted === "auto" ? Math.min(2000, 750 + 30 * width, Math.max(held, leastLandmarks)) : wanted,
  );
  if (count <= held) return count;
  throw new AppError(
    "too_large",
    `${rowCount} training rows x ${count} landmarks; svm-rbf takes at most ${maxKernelValues} of both together: ${held >= leastLandmarks ? `lower "landmarks" to ${held}` : "learn from fewer rows"}`,
  );
}

/** `count` distinct rows in rising order. */
function drawLandmarks(rowCount: number, count: number, seed: number): Int32Array {
  const random = new RandomStream(seed, 0);
  const order = Int32Array.from({ length: rowCount }, (_, row) => row);
  for (let at = 0; at < count; at++) {
    const other = at + random.below(rowCount - at);
    [order[at], order[other]] = [order[other], order[at]];
  }
  return order.slice(0, count).sort();
}
