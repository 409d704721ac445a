import { describe, expect, it } from "vitest";
import { checkData } from "../../../shared/checks/dataChecks";
import type { PreparedData } from "../../../shared/data/preparedData";
import { seededRandom } from "../../../shared/math/seededRandom";
import { checksSpec } from "../../../shared/usecase/checksSpec";

const defaults = checksSpec.parse({});
const hourMs = 3_600_000;

/**
 * Hourly rows whose label follows `size` with much noise; the last quarter is the hold-out, one hour after training
 * ends.
 */
function dataWith(change: (data: PreparedData) => void = () => {}): PreparedData {
  const rows = 800;
  const random = seededRandom(2);
  const size = Float32Array.from({ length: rows }, () => random());
  const target = Int32Array.from(size, (value) => (random() < 0.2 + 0.5 * value ? 1 : 0));
  const all = Int32Array.from({ length: rows }, (_, row) => row);
  const data: PreparedData = {
    task: "classification",
    classes: ["no", "yes"],
    positiveIndex: 1,
    table: {
      rowCount: rows,
      numbers: [{ name: "size", values: size }],
      categories: [{ name: "site", levels: ["a", "b"], codes: Int32Array.from(all, (row) => row % 2) }],
    },
    target,
    times: Float64Array.from(all, (row) => row * hourMs),
    blocks: all,
    blockUnit: "day",
    trainRows: all.slice(0, 599),
    holdoutRows: all.slice(600),
    folds: [],
    source: { version: new Int32Array(rows), row: all },
    counts: { rows, labelled: rows, unlabelled: 0, gap: 1, duplicates: 0 },
  };
  change(data);
  return data;
}

const statuses = (data: PreparedData, checks = defaults) =>
  Object.fromEntries(checkData(data, checks, hourMs).map(({ name, status }) => [name, status]));
const named = (data: PreparedData, name: string) =>
  checkData(data, defaults, hourMs).find((check) => check.name === name);

describe("checks of the data", () => {
  it("pass on rows without faults", () => {
    expect(statuses(dataWith())).toEqual({
      shape: "passed",
      ranges: "passed",
      "class balance": "passed",
      "label leakage": "passed",
      "train/test overlap": "passed",
      "time order": "passed",
    });
  });

  it.each([
    [
      "a number",
      (data: PreparedData) =>
        data.table.numbers.push({ name: "leak", values: Float32Array.from(data.target, (y) => y * 2 - 1) }),
    ],
    [
      "a falling number",
      (data: PreparedData) =>
        data.table.numbers.push({ name: "leak", values: Float32Array.from(data.target, (y) => -y) }),
    ],
    [
      "missing values",
      (data: PreparedData) =>
        data.table.numbers.push({ name: "leak", values: Float32Array.from(data.target, (y) => (y ? Number.NaN : 1)) }),
    ],
    [
      "a category",
      (data: PreparedData) =>
        data.table.categories.push({ name: "leak", levels: ["n", "y"], codes: data.target.slice() }),
    ],
  ])("find a label that leaks through %s, and name the feature", (_how, leak) => {
    const check = named(dataWith(leak), "label leakage");
    expect(check).toMatchObject({ status: "failed", severity: "block" });
    expect(check?.summary).toMatch(/^leak alone predicts the label \(ROC area 1, limit 0.999\)/);
    expect(check?.summary).toContain('set checks.leakage.severity to "warn"');
  });

  it("do not report a feature that predicts the label on the hold-out alone", () => {
    const lucky = dataWith(({ table, target, trainRows }) => {
      const values = Float32Array.from(target);
      for (let i = 0; i < trainRows.length; i += 50) values[trainRows[i]] = 1 - target[trainRows[i]];
      table.numbers.push({ name: "width", values });
    });
    expect(named(lucky, "label leakage")).toMatchObject({
      status: "passed",
      evidence: { width: expect.closeTo(0.98, 2) },
    });
  });

  it("find a number that leaks through another one", () => {
    const regression = dataWith((data) => {
      data.task = "regression";
      data.classes = [];
      data.values = Float64Array.from(data.table.numbers[0].values, (value) => 100 * value);
      data.target = new Int32Array(0);
    });
    expect(named(regression, "label leakage")).toMatchObject({
      status: "failed",
      evidence: { size: expect.closeTo(1, 3) },
    });
    expect(statuses(regression)).not.toHaveProperty("class balance");
  });

  it("report constant and mostly missing columns", () => {
    const check = named(
      dataWith(({ table, target }) => {
        table.numbers.push({ name: "still", values: new Float32Array(target.length).fill(3) });
        table.numbers.push({
          name: "gaps",
          values: Float32Array.from(target, (_, row) => (row % 3 ? Number.NaN : row)),
        });
      }),
      "ranges",
    );
    expect(check).toMatchObject({ status: "warned", evidence: { missing: { gaps: expect.closeTo(2 / 3, 2) } } });
    expect(check?.summary).toBe("the same in every training row: still; missing in more than half of them: gaps");
  });

  it("tell of a rare class, and of a hold-out that is not newer", () => {
    const rare = dataWith((data) => data.target.fill(0, 10, 599));
    expect(named(rare, "class balance")?.status).toBe("warned");
    const mixed = dataWith((data) => {
      [data.trainRows, data.holdoutRows] = [data.holdoutRows, data.trainRows];
    });
    expect(named(mixed, "time order")?.status).toBe("warned");
  });

  /** The first `count` hold-out rows become copies of training rows, in their labels too where `labelled`. */
  const copied = (count: number, labelled: boolean) =>
    dataWith(({ table, target, holdoutRows }) => {
      for (const row of holdoutRows.subarray(0, count)) {
        table.numbers[0].values[row] = table.numbers[0].values[row - 600];
        table.categories[0].codes[row] = table.categories[0].codes[row - 600];
        if (labelled) target[row] = target[row - 600];
      }
    });

  it("fail where most hold-out rows are copies of training rows, and warn where a quarter is", () => {
    expect(named(copied(146, true), "train/test overlap")).toMatchObject({
      status: "failed",
      summary: expect.stringMatching(
        /^146 hold-out rows \(73 %\) have the features of a training row and its label; at most 50 %/,
      ),
    });
    expect(named(copied(50, true), "train/test overlap")).toMatchObject({ status: "warned" });
    expect(named(copied(30, true), "train/test overlap")).toMatchObject({ status: "passed" });
  });

  it("let rows of equal features pass whose labels show that they are events of their own", () => {
    expect(named(copied(200, false), "train/test overlap")).toMatchObject({
      status: "passed",
      summary: expect.stringContaining("events of their own"),
    });
  });

  it("go by the severity that a spec gives the overlap", () => {
    const statusWith = (severity: "warn" | "block", count: number) =>
      statuses(copied(count, true), checksSpec.parse({ overlap: { severity } }))["train/test overlap"];
    expect([statusWith("warn", 146), statusWith("block", 50)]).toEqual(["warned", "failed"]);
  });
});
