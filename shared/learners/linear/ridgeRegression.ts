import { z } from "zod";
import { AppError } from "../../errors";
import { solveCholesky } from "../../math/solveCholesky";
import { GraphBuilder } from "../../onnx/graph";
import { elementTypeNumber } from "../../onnx/graphTensor";
import { graphMetadata } from "../graph/graphMetadata";
import { checkTrainingRows, requireValues } from "../rows/checkTrainingRows";
import type { Trainer } from "../trainer";
import { type LinearFeatures, learnFeatures, linearRows } from "./linearFeatures";
import { addLinearScores, columnsOf } from "./linearGraph";
import { type LinearWeights, linearOutputs, rawWeights } from "./linearWeights";
import { ridgeEquations } from "./ridgeEquations";

const parameters = z.strictObject({
  /**
   * penalty on the squared weights of standardised columns; alpha of scikit-learn. Above 0, so that columns may be
   * linearly dependent.
   */
  l2: z.number().gt(0).max(1e12).default(1),
});

/** the equations take width^2 numbers and width^3 / 3 steps */
const maxWidth = 3000;

/**
 * Ridge regression (Hoerl and Kennard 1970) in closed form: standardised numbers, one-hot categories, a free intercept.
 */
export const ridgeRegression: Trainer<z.output<typeof parameters>> = {
  learner: "ridge-regression",
  tasks: ["regression"],
  parameters,
  fit(table, target, { l2 }, context) {
    requireValues("ridge-regression", target);
    checkTrainingRows(table, target, context.sampleWeights);
    const sampleWeights = context.sampleWeights ?? new Float64Array(table.rowCount).fill(1);
    const features = learnFeatures(table, sampleWeights);
    if (features.width > maxWidth)
      throw new AppError(
        "too_large",
        `${features.width} columns (numbers and category levels); ridge-regression takes at most ${maxWidth}`,
      );
    const equations = ridgeEquations(linearRows(features, table), features, target.values, sampleWeights, l2);
    const weights = solveCholesky(equations.matrix, equations.right);
    if (weights === undefined)
      throw new AppError(
        "invalid_input",
        `ridge-regression: with l2 ${l2} the columns are linearly dependent; raise l2`,
      );
    const intercept = weights.reduce((sum, weight, k) => sum - weight * equations.means[k], equations.meanValue);
    const model = rawWeights({ weights, intercepts: Float64Array.of(intercept) }, features);
    context.onProgress?.(1);
    return {
      predict: (rows) => linearOutputs(linearRows(features, rows), features.width, model, () => {}),
      toOnnx: () => ridgeGraph(features, model),
    };
  },
};

function ridgeGraph(features: LinearFeatures, model: LinearWeights): Uint8Array {
  const graph = new GraphBuilder("ridge-regression");
  graph.output("value", "float", 1);
  const scores = addLinearScores(graph, features, model);
  graph.node("Cast", [scores], { to: { int: elementTypeNumber("float") } }, "value");
  return graph.toBytes(graphMetadata("ridge-regression", columnsOf(features)));
}
