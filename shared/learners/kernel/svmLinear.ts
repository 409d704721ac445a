import { z } from "zod";
import type { Trainer } from "../trainer";
import { fittedMachines, joinMachines, logOdds } from "./fittedMachines";
import { linearDesign } from "./linearDesign";
import { machineRows } from "./machineRows";
import { fitNotes, fitOneVsRest } from "./oneVsRest";
import { squaredHingeSolver } from "./squaredHinge";

const parameters = z.strictObject({
  /** penalty on rows within the margin */
  c: z.number().gt(0).max(1e6).default(1),
  /** done when the gradient has shrunk to this share of what it is at the start */
  tolerance: z.number().gt(0).max(0.1).default(1e-4),
});

type LinearParameters = z.output<typeof parameters>;

/**
 * A linear support vector machine with squared hinge loss and L2 penalty, also on the intercept, as scikit-learn's
 * LinearSVC.
 */
export const svmLinear: Trainer<LinearParameters> = {
  learner: "svm-linear",
  tasks: ["classification"],
  parameters,
  fit(table, target, { c, tolerance }, context) {
    const rows = machineRows("svm-linear", table, target, context);
    const { width } = rows.features;
    const design = linearDesign(rows.points, width);
    const fits = fitOneVsRest(rows, squaredHingeSolver(design, c, tolerance), context);
    const machines = fits.map(({ solution, sigmoid }) =>
      logOdds({ coefficients: solution.point.slice(0, width), intercept: solution.point[width] }, sigmoid),
    );
    const { positiveIndex = 1, decisionThreshold = 0.5 } = context;
    return fittedMachines(
      { learner: "svm-linear", features: rows.features, notes: fitNotes(fits), ...joinMachines(machines) },
      { classes: rows.target.classes, positiveIndex, decisionThreshold },
    );
  },
};
