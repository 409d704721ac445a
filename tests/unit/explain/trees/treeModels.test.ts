import { fromBinary, toBinary } from "@bufbuild/protobuf";
import { afterEach, describe, expect, it } from "vitest";
import { BlackBox } from "../../../../shared/explain/model/blackBox";
import { pickRows } from "../../../../shared/explain/model/numberRows";
import { RowCodec } from "../../../../shared/explain/model/rowCodec";
import { exactShapley } from "../../../../shared/explain/shapley/exactShapley";
import { TreeExplainer } from "../../../../shared/explain/trees/treeExplainer";
import { viewTrees } from "../../../../shared/explain/trees/viewTrees";
import type { FeatureTable } from "../../../../shared/featureTable";
import { randomForest } from "../../../../shared/learners/forest/randomForest";
import { addClassOutputs } from "../../../../shared/learners/graph/classOutputs";
import { logisticRegression } from "../../../../shared/learners/linear/logisticRegression";
import { trainerFor } from "../../../../shared/learners/registry";
import { GraphBuilder } from "../../../../shared/onnx/graph";
import type { AttributeValue } from "../../../../shared/onnx/graphAttribute";
import { ModelProtoSchema } from "../../../../shared/onnx/onnx.generated";
import { readSignature } from "../../../../shared/onnx/signature";
import { createOnnxRuntime } from "../../../../shared/onnxruntime/runtime";
import type { RuntimeModel } from "../../../../shared/ports";
import { decodeRows } from "../../../../shared/serving/decodeRows";
import { sampleRows } from "../../learners/sampleRows";

const runtime = createOnnxRuntime();
const open: RuntimeModel[] = [];
afterEach(async () => {
  for (const model of open.splice(0)) await model.release();
});

type Cells = (number | string | null)[][];

/** Everything that explaining `data[0]` against the other rows takes. */
async function problemOf(bytes: Uint8Array, data: Cells) {
  const model = await runtime.load(bytes);
  open.push(model);
  const signature = readSignature(model);
  const codec = new RowCodec(signature);
  const all = codec.encode(decodeRows({ data }, signature));
  const rows = pickRows(all, [0]);
  const background = pickRows(all, [...data.keys()].slice(1));
  const box = new BlackBox(model, signature, codec);
  return { box, rows, background, signature, answers: await box.predict(background) };
}

async function bothWays(bytes: Uint8Array, data: Cells, answer: number) {
  const { box, rows, background, signature, answers } = await problemOf(bytes, data);
  const view = viewTrees(bytes, signature);
  const own = { rows, answers: await box.predict(rows) };
  const explainer = await TreeExplainer.create(runtime, view, box, own, { rows: background, answers });
  const predict = box.only(answer);
  const backgroundValues = await predict(background);
  const exact = (await exactShapley({ predict, background, backgroundValues }, rows, 0)).values;
  const trees = await explainer.explain(answer, [0], async () => {});
  return { exact, trees, view, prediction: (await predict(rows))[0] };
}

function cellsOf({ rowCount, numbers, categories }: FeatureTable, count: number): Cells {
  return Array.from({ length: Math.min(count, rowCount) }, (_, row) => [
    ...numbers.map(({ values }) => (Number.isNaN(values[row]) ? null : values[row])),
    ...categories.map(({ levels, codes }) => levels[codes[row]] ?? null),
  ]);
}

function forest(classes: number) {
  const sample = sampleRows({ seed: 3, rowCount: 600, numbers: 4, categories: 2, classes, missing: 0.1 });
  const parameters = randomForest.parameters.parse({ trees: 20, maxDepth: 6 });
  const model = randomForest.fit(sample.table, sample.target, parameters, { seed: 1 });
  return { bytes: model.toOnnx(), data: cellsOf(sample.table, 21) };
}

const leaf = "LEAF";

/** One tree over two columns: x0 <= 0.5 ? a : x1 <= 0.5 ? b : c. */
function oneTree(prefix: "target" | "class", [a, b, c]: number[]): Record<string, AttributeValue> {
  return {
    nodes_treeids: { ints: [0, 0, 0, 0, 0] },
    nodes_nodeids: { ints: [0, 1, 2, 3, 4] },
    nodes_featureids: { ints: [0, 0, 1, 0, 0] },
    nodes_modes: { texts: ["BRANCH_LEQ", leaf, "BRANCH_LEQ", leaf, leaf] },
    nodes_values: { floats: [0.5, 0, 0.5, 0, 0] },
    nodes_truenodeids: { ints: [1, 0, 3, 0, 0] },
    nodes_falsenodeids: { ints: [2, 0, 4, 0, 0] },
    nodes_missing_value_tracks_true: { ints: [0, 0, 0, 0, 0] },
    [`${prefix}_treeids`]: { ints: [0, 0, 0] },
    [`${prefix}_nodeids`]: { ints: [1, 3, 4] },
    [`${prefix}_ids`]: { ints: [0, 0, 0] },
    [`${prefix}_weights`]: { floats: [a, b, c] },
  };
}

/**
 * A boosting model as trainers write it: a raw score through a sigmoid; the columns come in another order, a constant
 * one between.
 */
function boosted(): Uint8Array {
  const graph = new GraphBuilder("boosted");
  const input = graph.input("numbers", "float", 3);
  const swapped = graph.node("Gather", [input, graph.constant(BigInt64Array.of(2n, 0n), [2])], { axis: { int: 1 } });
  const attributes = { ...oneTree("target", [-1, 0.5, 2]), n_targets: { int: 1 }, base_values: { floats: [0.25] } };
  const score = graph.node("TreeEnsembleRegressor", [swapped], attributes);
  const rule = { classes: ["dry", "wet"], positiveIndex: 1, decisionThreshold: 0.5 };
  addClassOutputs(graph, graph.node("Sigmoid", [score]), rule);
  return graph.toBytes({});
}

const boostedRows: Cells = [
  [1, 9, 1],
  [0, 9, 0],
  [1, 3, 0],
  [0, 0, 1],
];

describe("TreeSHAP on models as ONNX Runtime runs them", () => {
  it.each([2, 3])("equals exact Shapley values of a forest's probabilities, %i classes", async (classes) => {
    const { bytes, data } = forest(classes);
    for (let answer = 0; answer < classes; answer++) {
      const { exact, trees, prediction } = await bothWays(bytes, data, answer);
      expect(trees.link).toBe("identity");
      for (const [i, value] of exact.entries()) expect(trees.values[0][i]).toBeCloseTo(value, 6);
      expect(trees.values[0].reduce((sum, value) => sum + value, trees.baseValue)).toBeCloseTo(prediction, 6);
      expect(Math.max(...exact.map(Math.abs))).toBeGreaterThan(0.01);
    }
  });

  it.each(["random-forest", "gradient-boosting"])(
    "finds how a %s's score rises to a sigmoid's probability",
    async (learner) => {
      const { table, target } = sampleRows({
        seed: 4,
        rowCount: 400,
        numbers: 3,
        categories: 1,
        classes: 2,
        missing: 0.1,
      });
      // a level for each handful of rows, whose numbers trees are told
      const levels = Array.from({ length: 80 }, (_, level) => `level ${level}`);
      table.categories.push({ name: "thin", levels, codes: new Int32Array(400).map((_, row) => (row * 7) % 80) });
      const calibrated = trainerFor("calibrated");
      const model = calibrated.fit(table, target, calibrated.parameters.parse({ learner, method: "sigmoid" }), {
        seed: 1,
      });
      const { trees, view } = await bothWays(model.toOnnx(), cellsOf(table, 12), 1);
      expect(trees.link).toBe("monotone");
      expect(view.featureOf).toHaveLength(5);
    },
  );

  it("explains the log-odds of a boosted model, traced through a Gather to the features' names", async () => {
    // scores: row 2.25; background -0.75, -0.75 (x2 = 0) and 0.75 (x2 = 1, x0 = 0): worked out by hand below
    const wet = (await bothWays(boosted(), boostedRows, 1)).trees;
    expect(wet.link).toBe("sigmoid");
    expect(wet.baseValue).toBeCloseTo(-0.25, 12);
    // against (0,.,0): x2 alone 1.5, x0 alone 0, both 3: (2.25, 0.75); against (1,.,0): x2 3; against (0,.,1): x0 1.5
    expect([...wet.values[0]]).toEqual([0.75, 0, 1.75]);
    const dry = (await bothWays(boosted(), boostedRows, 0)).trees;
    expect([...dry.values[0]]).toEqual([-0.75, 0, -1.75]);
    expect(dry.baseValue).toBeCloseTo(0.25, 12);
  });

  it("reads a TreeEnsembleClassifier with one set of weights and a logistic transform", async () => {
    const graph = new GraphBuilder("classifier");
    const input = graph.input("numbers", "float", 2);
    graph.output("label", "string");
    graph.output("probabilities", "float", 2);
    const attributes = {
      ...oneTree("class", [-1, 0.5, 2]),
      classlabels_strings: { texts: ["no", "yes"] },
      post_transform: { text: "LOGISTIC" },
    };
    graph.node("TreeEnsembleClassifier", [input], attributes, "label");
    const model = fromBinary(ModelProtoSchema, graph.toBytes({}));
    const [node] = model.graph!.node;
    node.domain = "ai.onnx.ml";
    node.output.push("probabilities");
    const rows: Cells = [
      [1, 1],
      [0, 0],
    ];
    const { trees, view } = await bothWays(toBinary(ModelProtoSchema, model), rows, 1);
    expect(view.trees).toMatchObject({ kind: "classifier", postTransform: "LOGISTIC", output: "probabilities" });
    expect(trees).toMatchObject({ link: "sigmoid", baseValue: -1 });
    expect([...trees.values[0]]).toEqual([2.25, 0.75]);
  });
});

describe("a model that TreeSHAP cannot explain", () => {
  const refusal = async (bytes: Uint8Array) => {
    const model = await runtime.load(bytes);
    open.push(model);
    try {
      viewTrees(bytes, readSignature(model));
    } catch (error) {
      return (error as Error).message;
    }
    return "none";
  };

  it("has no trees", async () => {
    const { table, target } = sampleRows({ seed: 1, rowCount: 80, numbers: 2, categories: 0, classes: 2, missing: 0 });
    const model = logisticRegression.fit(table, target, logisticRegression.parameters.parse({}), { seed: 1 });
    expect(await refusal(model.toOnnx())).toContain("0 tree ensembles");
  });

  const wrapped = (
    front: (graph: GraphBuilder, input: string) => string,
    back: (graph: GraphBuilder, score: string, input: string) => string,
  ) => {
    const graph = new GraphBuilder("wrapped");
    const input = graph.input("numbers", "float", 2);
    graph.output("value", "float", 1);
    const attributes = { ...oneTree("target", [1, 2, 3]), n_targets: { int: 1 } };
    const score = graph.node("TreeEnsembleRegressor", [front(graph, input)], attributes);
    graph.node("Identity", [back(graph, score, input)], {}, "value");
    return graph.toBytes({});
  };
  const same = (_graph: GraphBuilder, tensor: string) => tensor;

  it("mixes features before the trees", async () => {
    const matrix = (graph: GraphBuilder) => graph.constant(Float32Array.of(1, 1, 0, 1), [2, 2]);
    const mixed = wrapped((graph, input) => graph.node("MatMul", [input, matrix(graph)]), same);
    expect(await refusal(mixed)).toContain("cannot be traced to features through the operator MatMul");
  });

  it("lets features bypass the trees", async () => {
    const past = wrapped(same, (graph, score, input) => {
      const first = graph.node("Gather", [input, graph.constant(BigInt64Array.of(0n), [1])], { axis: { int: 1 } });
      return graph.node("Add", [score, first]);
    });
    expect(await refusal(past)).toContain("depends on features outside the trees, through the operator Gather");
    expect(await refusal(wrapped(same, same))).toBe("none");
  });

  it("gives answers that the scores do not explain", async () => {
    const wavy = wrapped(same, (graph, score) => graph.node("Sin", [score]));
    await expect(
      bothWays(
        wavy,
        [
          [1, 1],
          [0, 0],
          [1, 0],
        ],
        0,
      ),
    ).rejects.toThrow("do not follow from the trees' scores");
  });
});
