import type { LinearFeatures } from "../linear/linearFeatures";
import type { Points } from "./points";

/**
 * One machine's score of a row: its coefficients times what the row looks like (kernel values or columns), plus the
 * intercept.
 */
export interface Machine {
  coefficients: Float64Array;
  intercept: number;
}

/** Machines with their sigmoids, and how they look at a row. */
export interface MachineModel {
  learner: string;
  features: LinearFeatures;
  /** kernel values at these points; without it the columns themselves */
  kernel?: { gamma: number; points: Points };
  /** coefficients machine x (points or width) and intercepts of the log odds: scores with their sigmoids */
  coefficients: Float64Array;
  intercepts: Float64Array;
  /** what the graph says of the fit */
  notes: object;
}
