import { describe, expect, it } from "vitest";
import { checkBehaviour } from "../../../shared/checks/behaviourChecks";
import type { PreparedData } from "../../../shared/data/preparedData";
import { modelOutput } from "../../../shared/evaluation/modelOutput";
import type { FeatureTable } from "../../../shared/featureTable";
import { seededRandom } from "../../../shared/math/seededRandom";
import { checksSpec } from "../../../shared/usecase/checksSpec";

const rows = 400;
const random = seededRandom(8);
const load = Float32Array.from({ length: rows }, () => random());
const all = Int32Array.from({ length: rows }, (_, row) => row);
const data: PreparedData = {
  task: "classification",
  classes: ["fine", "fault"],
  positiveIndex: 1,
  table: {
    rowCount: rows,
    numbers: [{ name: "load", values: load }],
    categories: [{ name: "site", levels: ["north", "south"], codes: Int32Array.from(all, (row) => row % 2) }],
  },
  target: Int32Array.from(load, (value) => (random() < value ? 1 : 0)),
  blocks: all,
  blockUnit: "row",
  trainRows: all.slice(0, 0),
  holdoutRows: all,
  folds: [],
  source: { version: new Int32Array(rows), row: all },
  counts: { rows, labelled: rows, unlabelled: 0, gap: 0, duplicates: 0 },
};

/** P(fault) = load, a little more in the south, one half where the load is missing. */
const honest = (value: number, site: string) =>
  Number.isNaN(value) ? 0.5 : Math.min(1, Math.max(0, value + (site === "south" ? 0.02 : 0)));

function check(
  declared: object,
  model: (load: number, site: string) => number = honest,
  ranges?: Map<string, { low: number; high: number }>,
) {
  const predict = async (table: FeatureTable) => {
    const [{ values }] = table.numbers;
    const [{ levels, codes }] = table.categories;
    const faults = Array.from(values, (value, row) => model(value, levels[codes[row]] ?? ""));
    return {
      predictions: Float64Array.from(faults.flatMap((p) => [1 - p, p])),
      labels: faults.map((p) => (p >= 0.5 ? "fault" : "fine")),
    };
  };
  return checkBehaviour({
    predict,
    data,
    checks: checksSpec.parse(declared),
    metric: "brier",
    outputOf: (chosen, predictions) => modelOutput(data, chosen, predictions, 0.5),
    nullable: ["load", "site"],
    ranges,
    seed: 1,
  });
}
const one = async (name: string, ...args: Parameters<typeof check>) =>
  (await check(...args)).find((result) => result.name === name);

describe("checks of a model's behaviour", () => {
  it("find out whether a feature that must not matter does", async () => {
    const declared = (maxChange: number) => ({
      invariance: [{ feature: "site", values: ["north", "south"], maxChange }],
    });
    expect(await one("invariance: site", declared(0.03))).toMatchObject({ status: "passed" });
    const check = await one("invariance: site", declared(0.01));
    expect(check).toMatchObject({ status: "failed", evidence: { most: expect.closeTo(0.02, 6) } });
  });

  it("find out whether a prediction goes the wrong way", async () => {
    const declared = { directional: [{ feature: "load", by: 0.2, expect: "up", share: 0.95 }] };
    expect(await one("direction: load", declared)).toMatchObject({ status: "passed", evidence: { share: 1 } });
    const wrong = await one("direction: load", declared, (value) => 1 - Math.min(1, Math.max(0, value)));
    expect(wrong).toMatchObject({ status: "failed", evidence: { share: 0 } });
  });

  it("move a number to the end of its range and not beyond, where it would count as missing", async () => {
    const declared = { directional: [{ feature: "load", by: 0.6, expect: "up", share: 1 }] };
    const guarded = (value: number, site: string) => honest(value > 1 ? Number.NaN : value, site);
    expect(await one("direction: load", declared, guarded)).toMatchObject({ status: "failed" });
    const ranges = new Map([["load", { low: 0, high: 1 }]]);
    expect(await one("direction: load", declared, guarded, ranges)).toMatchObject({ status: "passed" });
  });

  it("find out whether plain cases are predicted right, with unnamed features missing", async () => {
    const declared = (limits: object) => ({
      minimumFunctionality: [{ name: "overload", row: { load: 0.9 }, ...limits }],
    });
    const name = "functionality: overload";
    expect(await one(name, declared({ label: "fault", atLeast: 0.8 }))).toMatchObject({ status: "passed" });
    expect(await one(name, declared({ atMost: 0.5, severity: "warn" }))).toMatchObject({ status: "warned" });
    expect((await one(name, declared({ label: "fine" })))?.summary).toBe(
      'overload: the model decides "fault" and gives "fault" a probability of 0.9; wanted: the label "fine"',
    );
    const calm = { minimumFunctionality: [{ name: "calm", row: { load: 0.1 }, label: "fine" }] };
    expect((await one("functionality: calm", calm))?.summary).toBe(
      'calm: the model decides "fine" and gives "fault" a probability of 0.1; wanted: the label "fine"',
    );
  });

  it("measure calibration", async () => {
    expect(await one("calibration", {})).toMatchObject({ status: "passed" });
    const bold = await one("calibration", { calibration: { severity: "block" } }, (value) =>
      value > 0.5 ? 0.99 : 0.01,
    );
    expect(bold).toMatchObject({ status: "failed" });
    expect(Number(bold?.evidence.error)).toBeGreaterThan(0.15);
  });

  it("measure what noise and missing inputs do", async () => {
    expect(await one("robustness to noise", {})).toMatchObject({ status: "passed" });
    const nervous = await one("robustness to noise", {}, (value) => (Math.floor(value * 1000) % 2 ? 0.9 : 0.1));
    expect(nervous).toMatchObject({ status: "warned" });
    expect(Number(nervous?.evidence.flips)).toBeGreaterThan(0.3);
    const missing = await one("missing inputs", { missingInputs: { maxWorsening: 0.1 } });
    expect(missing).toMatchObject({
      status: "warned",
      summary: expect.stringContaining("without load the Brier score gets worse"),
    });
    const broken = await one("missing inputs", {}, (value) => (Number.isNaN(value) ? Number.NaN : 0.5));
    expect(broken?.summary).toBe("without load the predictions are not finite numbers");
  });
});
