import { beforeAll, describe, expect, it } from "vitest";
import { documentText, parseDocument } from "../../../shared/documents";
import { mergeProfiles, type NumberProfile } from "../../../shared/monitoring/profile";
import type { MonitoringReference } from "../../../shared/monitoring/reference";
import { keptReference, monitoringReference, referenceDocument } from "../../../shared/monitoring/referenceDocument";
import { referenceRows } from "../../../shared/monitoring/referenceRows";
import { trainingProfile } from "../../../shared/monitoring/trainingProfile";
import { shippedRows } from "./shippedRows";

const holdout = {
  predictions: { rows: 1, labels: { a: 1 }, scores: {} },
  probabilities: [0.5],
  truths: [0],
  predicted: [1],
};

describe("the reference of weather's training rows", () => {
  let shipped: Awaited<ReturnType<typeof shippedRows>>;
  let reference: MonitoringReference;
  beforeAll(async () => {
    shipped = await shippedRows("weather", "sample.csv.gz");
    const { table, times, training } = shipped;
    reference = { ...referenceRows({ table, times, bins: training.bins }), holdout };
  });
  const throughStorage = () => {
    const text = documentText(referenceDocument, keptReference(reference));
    const kept = parseDocument(referenceDocument, Buffer.from(text), "runs/a/reference.json");
    return { text, read: monitoringReference(kept, shipped.training) };
  };

  it("counts days that add up to the training profile", () => {
    const days = reference.days as NonNullable<typeof reference.days>;
    const merged = days.map(({ inputs }) => inputs).reduce(mergeProfiles);
    expect(merged.rows).toBe(shipped.training.profile.rows);
    for (const [i, feature] of shipped.training.profile.features.entries())
      if ("bins" in feature) {
        const { bins, missing, neighbours } = merged.features[i] as NumberProfile;
        expect([bins, missing]).toEqual([feature.bins, feature.missing]);
        expect(neighbours.apart).toBeCloseTo(feature.neighbours.apart, 0);
      }
  });

  it("keeps counts exactly and each day's mean through storage, in less than 2.5 kB a day", () => {
    const { text, read } = throughStorage();
    expect(text.length / (reference.days?.length ?? 0)).toBeLessThan(2500);
    expect(read.days?.length).toBe(reference.days?.length);
    for (const [d, { day, inputs, moments }] of (read.days ?? []).entries()) {
      const before = (reference.days as NonNullable<typeof reference.days>)[d];
      expect(day).toBe(before.day);
      expect(moments.rows).toBe(before.moments.rows);
      for (const [i, feature] of inputs.features.entries()) {
        const was = before.inputs.features[i];
        if (!("bins" in feature)) expect(feature).toEqual(was);
        else {
          expect([feature.bins, feature.count, feature.min]).toEqual([
            "bins" in was && was.bins,
            was.count,
            "bins" in was && was.min,
          ]);
          const sum = (parts: number[]) => parts.reduce((total, part) => total + part, 0);
          expect(sum(feature.binSums)).toBeCloseTo(sum((was as NumberProfile).binSums), 3);
        }
      }
    }
  });

  it("is the same bytes for the same rows", () => {
    const again = { ...referenceRows({ ...shipped, bins: shipped.training.bins }), holdout };
    expect(documentText(referenceDocument, keptReference(again))).toBe(throughStorage().text);
  });

  it("finds the longest run of equal values of a station, not of the three that report together", () => {
    const { faults } = reference;
    expect(faults).toHaveLength(8);
    expect(faults[6].missing).toBe(shipped.training.profile.features[6].missing);
    expect(Math.max(...faults.map(({ longestRun }) => longestRun))).toBeGreaterThan(24);
  });
});

it("runs of equal values are told by entity where it is known", () => {
  const hours = 6;
  const rows = hours * 2;
  const table = {
    rowCount: rows,
    // the first entity stands still, the second does not
    numbers: [{ name: "x", values: Float32Array.from({ length: rows }, (_, row) => (row % 2 === 0 ? 7 : row)) }],
    categories: [],
  };
  const times = Float64Array.from({ length: rows }, (_, row) => Math.floor(row / 2) * 3_600_000);
  const { bins } = trainingProfile(table, times);
  const run = (entities?: Int32Array, at?: Float64Array) =>
    referenceRows({ table, times: at, entities, bins }).faults[0].longestRun;
  expect(
    run(
      Int32Array.from({ length: rows }, (_, row) => row % 2),
      times,
    ),
  ).toBe(hours);
  expect(run(undefined, times)).toBe(hours);
  expect(run()).toBe(1 + 2); // in no order of entities, row 7 of the second stands between two of the first
});
