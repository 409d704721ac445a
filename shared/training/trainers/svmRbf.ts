import { z } from "zod";
import { AppError } from "../../errors";
import { nystroemDesign } from "./nystroemDesign";
import { RandomStream } from "./randomStream";
import { scaleGamma } from "./rbfKernel";
import { minimizeSquaredHinge } from "./squaredHinge";
import { fitLanes } from "./svmLanes";
import { fittedSvm, joinMachines, logOdds } from "./svmModel";
import { selectPoints } from "./svmPoints";
import { svmRows } from "./svmRows";
import type { Trainer } from "./trainer";

const parameters = z.strictObject({
  /** penalty on rows within the margin */
  c: z.number().gt(0).max(1e6).default(1),
  /** kernel = exp(-gamma x squared distance); "scale" is 1 / (columns x variance of the standardised columns) */
  gamma: z.union([z.literal("scale"), z.number().gt(0).max(1e6)]).default("scale"),
  /** training rows that the decision is made of; with as many as there are rows the kernel is exact */
  landmarks: z.int().min(1).max(4000).default(1000),
  /** done when the gradient has shrunk to this share of what it is at the start */
  tolerance: z.number().gt(0).max(0.1).default(5e-3),
});

type RbfParameters = z.output<typeof parameters>;

/** 512 MB of float32 */
const maxKernelValues = 2 ** 27;

/** A support vector machine with an RBF kernel by landmarks (Nystroem) and squared hinge loss: seconds where the exact one takes minutes. */
export const svmRbf: Trainer<RbfParameters> = {
  learner: "svm-rbf",
  tasks: ["classification"],
  parameters,
  fit(table, target, { c, gamma: setting, landmarks, tolerance }, context) {
    const rows = svmRows("svm-rbf", table, target, context);
    const { points, features } = rows;
    checkSize(points.count, Math.min(landmarks, points.count));
    const gamma = setting === "scale" ? scaleGamma(points, rows.weights, features.width) : setting;
    const chosen = drawLandmarks(points.count, landmarks, context.seed);
    const design = nystroemDesign(points, chosen, gamma);
    const lanes = fitLanes(
      rows,
      (signs, weights) => {
        const penalties = weights.map((weight) => c * weight);
        const { point, scores } = minimizeSquaredHinge({ design, signs, penalties, tolerance });
        return { solution: point, scores };
      },
      context,
    );
    const machines = lanes.map(({ solution, sigmoid }) => {
      const coefficients = design.landmarkWeights(solution);
      // the kernel of the design is one more than the model's
      return logOdds({ coefficients, intercept: coefficients.reduce((sum, value) => sum + value, 0) }, sigmoid);
    });
    const { positiveIndex = 1, decisionThreshold = 0.5 } = context;
    return fittedSvm(
      {
        learner: "svm-rbf",
        features,
        kernel: { gamma, points: selectPoints(points, chosen) },
        ...joinMachines(machines),
      },
      { classes: rows.target.classes, positiveIndex, decisionThreshold },
    );
  },
};

function checkSize(rowCount: number, landmarkCount: number): void {
  if (rowCount * landmarkCount > maxKernelValues)
    throw new AppError(
      "too_large",
      `${rowCount} training rows x ${landmarkCount} landmarks; svm-rbf takes at most ${maxKernelValues} of both together: lower "landmarks" to ${Math.floor(maxKernelValues / rowCount)}`,
    );
}

/** `wanted` distinct rows, or all where there are fewer, in rising order. */
function drawLandmarks(rowCount: number, wanted: number, seed: number): Int32Array {
  const random = new RandomStream(seed, 0);
  const order = Int32Array.from({ length: rowCount }, (_, row) => row);
  const count = Math.min(wanted, rowCount);
  for (let at = 0; at < count; at++) {
    const other = at + random.below(rowCount - at);
    [order[at], order[other]] = [order[other], order[at]];
  }
  return order.slice(0, count).sort();
}
