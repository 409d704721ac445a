import { readFileSync } from "node:fs";
import { afterEach, describe, expect, it } from "vitest";
import { Loop, shippedSpec } from "../../support/loop";

const usecase = "coffee-grade";
const sample = readFileSync(`models/${usecase}/sample.csv`, "utf8");
let loop: Loop;
afterEach(() => loop?.stop());

async function train(change: object, csv = sample) {
  loop = await Loop.start({
    ...shippedSpec(usecase),
    candidates: [{ learner: "logistic-regression", grid: { l2: [1] } }],
    ...change,
  });
  await loop.drop(usecase, csv);
  await loop.drain();
  return (await loop.app.runs.list(usecase))[0];
}

describe("checks in the loop", () => {
  it("stop a run before it trains on a column that holds the answer", async () => {
    const spec = shippedSpec(usecase);
    const [head, ...lines] = sample.trim().split("\n");
    const leaky = [
      `${head},Taster_code`,
      ...lines.map((line) => `${line},${{ c: 1, p: 2, s: 3 }[(line.split(",").at(-1) as string)[0] as "c"]}`),
    ];
    const run = await train(
      {
        columns: { ...spec.columns, Taster_code: { type: "number" } },
        features: [...spec.features, "Taster_code"],
        example: { ...spec.example, Taster_code: 3 },
      },
      leaky.join("\n"),
    );
    expect(run).toMatchObject({
      status: "failed",
      message: expect.stringContaining("Taster_code alone predicts the label"),
    });
    expect(await loop.app.runs.trials(run.id)).toEqual([]);
  });

  it("refuse a version that a blocking check fails on, and keep every finding with it", async () => {
    const run = await train({
      checks: {
        class: "specialty",
        directional: [{ feature: "Defects", by: 5, expect: "up" }],
        minimumFunctionality: [
          { name: "clean high lot", row: { ...shippedSpec(usecase).example, Defects: 0 }, atLeast: 0.1 },
        ],
      },
    });
    expect(run).toMatchObject({ status: "succeeded", promoted: false });
    const { gate, checks = [] } = await loop.app.registry.version(usecase, 1);
    expect(gate.reasons[0]).toMatch(/^check "direction: Defects": Defects raised by 5 moves the prediction up/);
    const status = Object.fromEntries(checks.map((check) => [check.name, check.status]));
    expect(status).toMatchObject({
      "label leakage": "passed",
      "direction: Defects": "failed",
      "functionality: clean high lot": "passed",
      calibration: "passed",
    });
    expect(status).toHaveProperty("missing inputs");
  });
});
