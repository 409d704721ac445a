import { z } from "zod";
import { type FeatureTable, selectRows } from "../../featureTable";
import { embedGraph } from "../../onnx/embedGraph";
import { GraphBuilder } from "../../onnx/graph";
import { elementTypeNumber } from "../../onnx/graphTensor";
import { addClassOutputs } from "../graph/classOutputs";
import { graphMetadata } from "../graph/graphMetadata";
import { addTableInputs, columnNames } from "../graph/tableInputs";
import { checkTrainingRows } from "../rows/checkTrainingRows";
import { classProbabilities } from "../rows/classProbabilities";
import { type FindTrainer, fitNested, nestedParameters, resolveNested } from "../rows/nestedLearner";
import type { FitContext, FittedModel, Trainer, TrainingTarget } from "../trainer";

function parametersWith(find: FindTrainer) {
  const member = z
    .strictObject({ learner: z.string(), parameters: nestedParameters.default({}) })
    .transform((value, context) => resolveNested(find, value, context));
  return z
    .strictObject({
      members: z
        .array(member)
        .min(1)
        .max(20)
        .prefault([{ learner: "random-forest" }, { learner: "extra-trees" }]),
      /** one per member, all equal without them; only their shares of the sum matter */
      weights: z.array(z.number().min(0)).optional(),
    })
    .superRefine(({ members, weights }, context) => {
      if (weights && weights.length !== members.length)
        context.addIssue({
          code: "custom",
          path: ["weights"],
          message: `${weights.length} weights for ${members.length} members`,
        });
      else if (weights?.every((weight) => weight === 0))
        context.addIssue({ code: "custom", path: ["weights"], message: "at least one weight must be above 0" });
    });
}

type VotingParameters = z.output<ReturnType<typeof parametersWith>>;

/** Several learners, each fitted on all rows; the weighted mean of their probabilities, or of their numbers. */
export function createSoftVoting(find: FindTrainer): Trainer<VotingParameters> {
  return {
    learner: "soft-voting",
    tasks: ["classification", "regression"],
    parameters: parametersWith(find),
    fit(table, target, { members, weights }, context) {
      checkTrainingRows(table, target, context.sampleWeights);
      const total = weights?.reduce((sum, weight) => sum + weight, 0) ?? members.length;
      const shares = members.map((_, index) => (weights?.[index] ?? 1) / total);
      const models = members.map((member, index) =>
        fitNested(find, member, table, target, memberContext(context, index, members.length)),
      );
      const columns = selectRows(table, []);
      return {
        predict: (rows) => vote(models, shares, rows, target, context),
        toOnnx: () => votingGraph(models, shares, columns, target, context),
      };
    },
  };
}

/** Each member draws from a seed of its own, so that two of one kind differ. */
function memberContext(context: FitContext, index: number, count: number): FitContext {
  const onProgress = (fraction: number) => context.onProgress?.((index + fraction) / count);
  return { ...context, seed: context.seed + index, onProgress };
}

/** Added up in float64 in the order of the members, as the graph does, then rounded to float32. */
function vote(
  models: readonly FittedModel[],
  shares: readonly number[],
  rows: FeatureTable,
  target: TrainingTarget,
  { positiveIndex = 1 }: FitContext,
): Float64Array {
  const sums = models
    .map((model, index) => model.predict(rows).map((value) => value * shares[index]))
    .reduce((all, some) => all.map((value, at) => value + some[at]))
    .map(Math.fround);
  if (target.task === "regression" || target.classes.length !== 2) return sums;
  const positive = new Float64Array(rows.rowCount).map((_, row) => sums[2 * row + positiveIndex]);
  return classProbabilities(positive, 2, positiveIndex);
}

function votingGraph(
  models: readonly FittedModel[],
  shares: readonly number[],
  columns: FeatureTable,
  target: TrainingTarget,
  { positiveIndex = 1, decisionThreshold = 0.5 }: FitContext,
): Uint8Array {
  const graph = new GraphBuilder("soft-voting");
  const inputs = addTableInputs(graph, columns);
  const output = target.task === "regression" ? "value" : "probabilities";
  const parts = models.map((model, index) => {
    const embedded = embedGraph(graph, model.toOnnx(), { prefix: `member ${index}`, inputs, outputs: [output] });
    const wide = graph.node("Cast", [embedded.outputs[output]], { to: { int: elementTypeNumber("double") } });
    return graph.node("Mul", [wide, graph.constant(Float64Array.of(shares[index]), [1])]);
  });
  const sum = parts.reduce((all, part) => graph.node("Add", [all, part]));
  const to = { to: { int: elementTypeNumber("float") } };
  if (target.task === "regression") {
    graph.output("value", "float", 1);
    graph.node("Cast", [sum], to, "value");
    return graph.toBytes(graphMetadata("soft-voting", columnNames(columns)));
  }
  const { classes } = target;
  const means = graph.node("Cast", [sum], to);
  const positive = graph.constant(BigInt64Array.of(BigInt(positiveIndex)), [1]);
  const scores = classes.length === 2 ? graph.node("Gather", [means, positive], { axis: { int: 1 } }) : means;
  addClassOutputs(graph, scores, { classes, positiveIndex, decisionThreshold });
  return graph.toBytes(graphMetadata("soft-voting", columnNames(columns), classes));
}
