import { describe, expect, it } from "vitest";
import type { PreparedData } from "../../../shared/data/preparedData";
import { createOnnxRuntime } from "../../../shared/onnxruntime/runtime";
import { fitRows } from "../../../shared/training/fitRows";
import { holdoutTable, proveGraph } from "../../../shared/training/proveGraph";
import { usecaseSpec } from "../../../shared/usecase/usecaseSpec";

const rows = Int32Array.from({ length: 20 }, (_, row) => row);

/** Ten rows of each of two weights, of which seven and two are ripe: a tree answers 0.7 and 0.2 for all of them. */
const prepared: PreparedData = {
  task: "classification",
  classes: ["green", "ripe"],
  positiveIndex: 1,
  table: {
    rowCount: 20,
    numbers: [{ name: "Weight", values: Float32Array.from(rows, (row) => row % 2) }],
    categories: [],
  },
  target: Int32Array.from(rows, (row) => (row < (row % 2 ? 4 : 14) ? 1 : 0)),
  blocks: rows,
  blockUnit: "row",
  trainRows: rows,
  holdoutRows: rows,
  folds: [],
  source: { version: new Int32Array(20), row: rows },
  counts: { rows: 20, labelled: 20, unlabelled: 0, gap: 0, duplicates: 0 },
};

function specOf(decisionThreshold: number) {
  return usecaseSpec.parse({
    name: "fruit",
    title: "Ripe or green",
    columns: { Weight: { type: "number" }, Kind: { type: "category", values: ["green", "ripe"] } },
    label: { column: "Kind", positive: "ripe" },
    features: ["Weight"],
    split: { kind: "stratified" },
    candidates: [{ learner: "extra-trees" }],
    selection: { metric: "brier" },
    decisionThreshold,
  });
}

describe("proving a graph", () => {
  // 0.7 and 0.2 as float32 lie below and above the numbers themselves
  it.each([0.7, 0.2, 0.5])(
    "accepts one that decides rows whose probability is the threshold %d itself",
    async (threshold) => {
      const parameters = { trees: 1, maxDepth: 4, minLeafRows: 5, featuresPerSplit: "auto", bootstrap: false };
      const settings = { seed: 1, decisionThreshold: threshold };
      const model = fitRows(prepared, rows, { index: 0, learner: "extra-trees", parameters }, settings);
      const holdoutPredictions = model.predict(holdoutTable(prepared));
      expect([...new Set(holdoutPredictions)]).toContain(Math.fround(0.7));
      const usecase = { spec: specOf(threshold) } as Parameters<typeof proveGraph>[1];
      const refit = { onnx: model.toOnnx(), holdoutPredictions };
      const signature = await proveGraph(createOnnxRuntime(), usecase, prepared, refit);
      expect(signature.features).toHaveLength(1);
    },
  );
});
