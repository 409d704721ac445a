import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { FeatureTable } from "../../../shared/data/featureTable";
import { compareProfiles } from "../../../shared/monitoring/drift";
import {
  addCategory,
  addNumber,
  emptyProfile,
  mergeProfiles,
  type NumberProfile,
  type Profile,
  type TrainingProfile,
  trainingProfile,
} from "../../../shared/monitoring/profile";
import { wasserstein1 } from "../../../shared/monitoring/wasserstein";
import { seededRandom } from "../../../shared/random";

const settings = {
  windowHours: 24,
  minRows: 100,
  numericThreshold: 0.1,
  categoricalThreshold: 0.1,
  minDriftedFeatures: 1,
  enabled: true,
};

function table(numbers: ArrayLike<number>, categories: string[] = []): FeatureTable {
  const levels = [...new Set(categories)].sort();
  const codes = Int32Array.from({ length: numbers.length }, (_, i) =>
    categories.length ? levels.indexOf(categories[i % categories.length]) : -1,
  );
  return {
    rowCount: numbers.length,
    numbers: [{ name: "x", values: Float32Array.from(numbers) }],
    categories: [{ name: "c", levels, codes }],
  };
}

function profileOf(training: TrainingProfile, numbers: ArrayLike<number>, categories: string[] = []): Profile {
  const profile = emptyProfile(training.bins);
  const [x, c] = training.bins as unknown as [{ edges: number[] }, { levels: string[] }];
  const index = new Map(c.levels.map((level, i) => [level, i]));
  for (let i = 0; i < numbers.length; i++) {
    addNumber(x.edges, profile.features[0] as NumberProfile, Math.fround(numbers[i]));
    addCategory(index, profile.features[1] as never, categories.length ? categories[i % categories.length] : "");
  }
  profile.rows = numbers.length;
  return profile;
}

const random = seededRandom(5);
const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
const sample = Array.from({ length: 10_000 }, normal);
const training = trainingProfile(table(sample, ["a", "a", "a", "b"]));
const featureOf = (numbers: ArrayLike<number>, categories?: string[]) =>
  compareProfiles(training, profileOf(training, numbers, categories), settings).features;

describe("feature drift", () => {
  it("measures a shift in units of the training deviation", () => {
    for (const shift of [0.25, 0.5, 1, 2]) {
      const [x] = featureOf(
        sample.map((value) => value + shift),
        ["a", "a", "a", "b"],
      );
      expect(x.value).toBeCloseTo(shift, 1);
      expect(x.verdict).toBe("drift");
    }
  });

  it("comes close to the exact distance of the samples", () => {
    const other = Array.from({ length: 5000 }, () => normal() * 1.1 + 0.05);
    const [x] = featureOf(other);
    const exact = wasserstein1(
      { values: sample, weights: sample.map(() => 1) },
      { values: other, weights: other.map(() => 1) },
    );
    expect(Math.abs((x.value as number) - exact)).toBeLessThan(0.02);
  });

  it("is quiet on rows of the same kind", () => {
    const result = compareProfiles(
      training,
      profileOf(training, Array.from({ length: 5000 }, normal), ["a", "a", "a", "b"]),
      settings,
    );
    expect(result.verdict).toBe("ok");
  });

  it("sees categories whose shares moved, and counts what training never saw", () => {
    const [, moved] = featureOf(sample, ["b", "b", "b", "a"]);
    expect(moved).toMatchObject({ verdict: "drift", statistic: "jensenShannonDebiased" });
    const [, unseen] = featureOf(sample, ["a", "z"]);
    expect(unseen.unseenShare).toBe(0.5);
    expect(unseen.verdict).toBe("drift");
  });

  it("alarms on a few unseen values that move the distance little", () => {
    const some = (unseen: number) => Array.from({ length: 2000 }, (_, i) => (i < unseen ? "z" : i % 4 ? "a" : "b"));
    const verdict = (unseen: number) => featureOf(new Array(2000).fill(0), some(unseen))[1].verdict;
    expect([verdict(4), verdict(9), verdict(10)]).toEqual(["ok", "ok", "drift"]);
  });

  it("scores a constant that stays as zero and one that changes as finite drift", () => {
    const constant = trainingProfile(table(new Array(200).fill(5), ["a"]));
    const same = compareProfiles(constant, profileOf(constant, new Array(200).fill(5), ["a"]), settings);
    const changed = compareProfiles(constant, profileOf(constant, new Array(200).fill(6), ["a"]), settings);
    expect(same.features[0]).toMatchObject({ value: 0, verdict: "ok" });
    expect(changed.features[0].verdict).toBe("drift");
    expect(Number.isFinite(changed.features[0].value)).toBe(true);
  });

  it("fails an empty column for itself alone", () => {
    const result = compareProfiles(
      training,
      profileOf(training, new Array(200).fill(Number.NaN), ["a", "a", "a", "b"]),
      settings,
    );
    expect(result.features[0]).toMatchObject({
      verdict: "failed",
      targetMissingShare: 1,
      reason: expect.stringContaining("no value"),
    });
    expect(result.features[1].verdict).toBe("ok");
  });

  it("says insufficient_data below the minimum of rows", () => {
    const result = compareProfiles(training, profileOf(training, [1, 2, 3], ["a"]), settings);
    expect(result.verdict).toBe("insufficient_data");
    for (const feature of result.features) expect(feature).toMatchObject({ verdict: "insufficient_data", value: null });
  });
});

describe("profiles", () => {
  const integers = fc.array(fc.integer({ min: -1000, max: 1000 }), { maxLength: 50 });

  it("merge to what one pass over all rows gives, in any grouping", () => {
    fc.assert(
      fc.property(integers, integers, integers, (a, b, c) => {
        const parts = [a, b, c].map((rows) => profileOf(training, rows, ["a", "z"]));
        const left = mergeProfiles(mergeProfiles(parts[0], parts[1]), parts[2]);
        const right = mergeProfiles(parts[0], mergeProfiles(parts[1], parts[2]));
        expect(left).toEqual(right);
        const whole = profileOf(training, [...a, ...b, ...c]);
        expect({ ...left.features[0] }).toEqual({ ...whole.features[0] });
        expect(left.rows).toBe(whole.rows);
      }),
    );
  });

  it("survive JSON", () => {
    expect(JSON.parse(JSON.stringify(training))).toEqual(training);
  });
});
