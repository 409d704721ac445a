import { describe, expect, it } from "vitest";
import { encodePrepared } from "../../../shared/data/encodePrepared";
import { seededRandom } from "../../../shared/math/seededRandom";
import { WorkerPool } from "../../../shared/training/workerPool";
import type { RefitTask } from "../../../shared/training/workerTasks";

const rowCount = 2000;

/** Twenty forests of two thousand trees: many seconds of processor time. */
function slowRefit(): RefitTask {
  const random = seededRandom(7);
  const values = Float32Array.from({ length: rowCount }, () => random());
  const rows = Int32Array.from(values.keys());
  const prepared = encodePrepared({
    task: "classification",
    classes: ["calm", "storm"],
    positiveIndex: 1,
    table: { rowCount, numbers: [{ name: "Load", values }], categories: [] },
    target: Int32Array.from(values, (value) => (random() < value ? 1 : 0)),
    blocks: rows,
    blockUnit: "row",
    trainRows: rows.subarray(0, 1500),
    holdoutRows: rows.subarray(1500),
    folds: [],
    source: { version: new Int32Array(rowCount), row: rows },
    counts: { rows: rowCount, labelled: rowCount, unlabelled: 0, gap: 0, duplicates: 0 },
  });
  const forest = { learner: "random-forest", parameters: { trees: 2000, maxDepth: 32, minLeafRows: 1 } };
  return {
    kind: "refit",
    prepared,
    seed: 1,
    decisionThreshold: 0.5,
    metric: "brier",
    trial: {
      index: 0,
      learner: "soft-voting",
      parameters: { members: new Array(20).fill(forest), weights: undefined },
    },
    features: [{ name: "Load", type: "number", nullable: true }],
  };
}

describe("a training task", () => {
  it("is refused, as it would be again, when it takes more processor time than it may, with what makes it smaller", async () => {
    await expect(new WorkerPool(1).run(slowRefit(), 100)).rejects.toMatchObject({
      code: "rejected",
      message: "the refit took more than 0.1 s of processor time: lower the candidates' size (trees, rounds)",
    });
  });

  it("is to come again when every thread is busy for too long", async () => {
    await expect(new WorkerPool(0, 1).run(slowRefit(), 100)).rejects.toMatchObject({ code: "busy", retryable: true });
  });
});
