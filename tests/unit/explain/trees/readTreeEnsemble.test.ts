import { create } from "@bufbuild/protobuf";
import { describe, expect, it } from "vitest";
import { readTreeEnsemble } from "../../../../shared/explain/trees/readTreeEnsemble";
import { rawScores } from "../../../../shared/explain/trees/treeEnsemble";
import { type AttributeValue, attributeProto } from "../../../../shared/onnx/graphAttribute";
import { tensorProto } from "../../../../shared/onnx/graphTensor";
import { AttributeProtoSchema, NodeProtoSchema } from "../../../../shared/onnx/onnx.generated";

/** Two stumps on column 0 for two targets; the second tree's nodes stand in another order than their numbers. */
const stumps: Record<string, AttributeValue> = {
  n_targets: { int: 2 },
  nodes_treeids: { ints: [0, 0, 0, 7, 7, 7] },
  nodes_nodeids: { ints: [0, 1, 2, 0, 2, 1] },
  nodes_featureids: { ints: [0, 0, 0, 0, 0, 0] },
  nodes_modes: { texts: ["BRANCH_LT", "LEAF", "LEAF", "BRANCH_GTE", "LEAF", "LEAF"] },
  nodes_values: { floats: [1, 0, 0, 5, 0, 0] },
  nodes_truenodeids: { ints: [1, 0, 0, 1, 0, 0] },
  nodes_falsenodeids: { ints: [2, 0, 0, 2, 0, 0] },
  nodes_missing_value_tracks_true: { ints: [1, 0, 0, 0, 0, 0] },
  target_treeids: { ints: [0, 0, 7, 7] },
  target_nodeids: { ints: [1, 2, 1, 2] },
  target_ids: { ints: [0, 1, 0, 1] },
  target_weights: { floats: [10, 20, 100, 200] },
  base_values: { floats: [0.5, 0.25] },
};

const nodeOf = (attributes: Record<string, AttributeValue>, opType = "TreeEnsembleRegressor") =>
  create(NodeProtoSchema, {
    opType,
    input: ["x"],
    output: ["scores"],
    attribute: Object.entries(attributes).map(([name, value]) => attributeProto(name, value)),
  });
const read = (changed: Record<string, AttributeValue> = {}) => readTreeEnsemble(nodeOf({ ...stumps, ...changed }));
const scores = (changed: Record<string, AttributeValue>, ...cells: number[]) =>
  Array.from(rawScores(read(changed).ensemble, { rowCount: cells.length, width: 1, cells: Float64Array.from(cells) }));

describe("reading a tree ensemble", () => {
  it("finds nodes by their numbers, targets by their index, and where missing values go", () => {
    expect(scores({}, 0, 1, 5)).toEqual([10.5, 200.25, 0.5, 220.25, 100.5, 20.25]);
    expect(scores({}, Number.NaN)).toEqual([10.5, 200.25]);
    expect(read().ensemble.depth).toBe(1);
  });

  it("averages over the trees if the ensemble does, and then adds the base values", () => {
    expect(scores({ aggregate_function: { text: "AVERAGE" } }, 0)).toEqual([5.5, 100.25]);
  });

  it("reads doubles from the tensors that contain them", () => {
    const { nodes_values: _floats, ...rest } = stumps;
    const node = nodeOf(rest);
    const t = tensorProto("", Float64Array.of(1 + 1e-12, 0, 0, 5, 0, 0), [6]);
    node.attribute.push(create(AttributeProtoSchema, { name: "nodes_values_as_tensor", t }));
    expect(readTreeEnsemble(node).ensemble.threshold[0]).toBe(1 + 1e-12);
  });

  it.each<[string, Record<string, AttributeValue>, string]>([
    ["another aggregate", { aggregate_function: { text: "MAX" } }, "aggregates by MAX"],
    ["an unknown comparison", { nodes_modes: { texts: Array(6).fill("BRANCH_MEMBER") } }, "node mode BRANCH_MEMBER"],
    ["a child that is not there", { nodes_truenodeids: { ints: [9, 0, 0, 1, 0, 0] } }, "refers to node 9 of tree 0"],
    ["a node that leads to itself", { nodes_truenodeids: { ints: [0, 0, 0, 1, 0, 0] } }, "reaches a node on two paths"],
    ["a target too many", { target_ids: { ints: [0, 1, 0, 2] } }, "a leaf for output 2, but only 2 outputs"],
    ["too few base values", { base_values: { floats: [1] } }, "1 base values for 2 outputs"],
    ["lists that do not match", { nodes_values: { floats: [1] } }, "lists of different lengths"],
  ])("refuses %s and names it", (_what, changed, message) => {
    expect(() => read(changed)).toThrow(message);
  });
});
