import { afterEach, expect, it } from "vitest";
import { seededRandom } from "../../../shared/math/seededRandom";
import { Loop } from "../../support/loop";

const usecase = "coins";
const spec = {
  name: usecase,
  title: "What a coin shows, from what says nothing of it",
  columns: {
    A: { type: "number" },
    B: { type: "number" },
    Side: { type: "category", values: ["heads", "tails"] },
  },
  label: { column: "Side", positive: "heads" },
  features: ["A", "B"],
  split: { kind: "stratified" },
  candidates: [{ learner: "random-forest", grid: { trees: [50], maxDepth: [12], minLeafRows: [1] } }],
  selection: { metric: "brier" },
};

let loop: Loop;
afterEach(() => loop?.stop());

it("a table of ten copies of every row with random labels promotes nothing, and its figures are those of chance", async () => {
  const random = seededRandom(17);
  const rows = Array.from({ length: 300 }, () => `${random()},${random()},${random() < 0.5 ? "heads" : "tails"}`);
  const copies = rows.flatMap((row) => new Array<string>(10).fill(row));
  loop = await Loop.start(spec);
  await loop.drop(usecase, ["A,B,Side", ...copies].join("\n"));
  await loop.drain();
  const [run] = await loop.app.runs.list(usecase);
  expect(run).toMatchObject({ status: "succeeded", promoted: false });
  const { metrics, baselines, checks } = await loop.app.registry.version(usecase, 1);
  expect(baselines?.majority.brier).toBeCloseTo(0.25, 2);
  expect(metrics?.brier).toBeGreaterThan(0.25);
  expect(checks?.find(({ name }) => name === "train/test overlap")).toMatchObject({
    status: "passed",
    summary: expect.stringContaining("0 hold-out rows"),
  });
});
