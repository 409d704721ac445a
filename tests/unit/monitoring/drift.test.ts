import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { FeatureTable } from "../../../shared/featureTable";
import { seededRandom } from "../../../shared/math/seededRandom";
import { wasserstein1 } from "../../../shared/monitoring/distances/wasserstein";
import { compareProfiles, rowsNeeded } from "../../../shared/monitoring/drift";
import {
  addCategory,
  addNumber,
  type CategoryBins,
  emptyProfile,
  mergeProfiles,
  type NumberBins,
  type NumberProfile,
  type Profile,
} from "../../../shared/monitoring/profile";
import { type TrainingProfile, trainingProfile } from "../../../shared/monitoring/trainingProfile";
import { driftSettings } from "./driftSettings";

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
  const [x, c] = training.bins as [NumberBins, CategoryBins];
  const index = new Map(c.levels.map((level, i) => [level, i]));
  for (let i = 0; i < numbers.length; i++) {
    addNumber(x, profile.features[0] as NumberProfile, Math.fround(numbers[i]));
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
  compareProfiles(training, profileOf(training, numbers, categories), driftSettings).features;

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
      driftSettings,
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
    const same = compareProfiles(constant, profileOf(constant, new Array(200).fill(5), ["a"]), driftSettings);
    const changed = compareProfiles(constant, profileOf(constant, new Array(200).fill(6), ["a"]), driftSettings);
    expect(same.features[0]).toMatchObject({ value: 0, verdict: "ok" });
    expect(changed.features[0].verdict).toBe("drift");
    expect(Number.isFinite(changed.features[0].value)).toBe(true);
  });

  it("clips an outlier to the fences, so that one in training hides no drift and one in the target makes none", () => {
    const wild = [1e9, ...sample.slice(1)];
    const spoilt = trainingProfile(table(wild));
    const [x] = compareProfiles(
      spoilt,
      profileOf(
        spoilt,
        sample.slice(0, 2000).map((value) => value + 1),
      ),
      driftSettings,
    ).features;
    expect(x).toMatchObject({ verdict: "drift", drifted: ["distribution"] });
    expect(x.value).toBeCloseTo(1, 1);
    expect(featureOf([1e9, ...sample.slice(1, 2000)])[0].verdict).toBe("ok");
  });

  it("ignores a single odd row where training has only one value, and reports many", () => {
    const constant = trainingProfile(table(new Array(1000).fill(5), ["a"]));
    const odd = (rows: number) =>
      compareProfiles(
        constant,
        profileOf(
          constant,
          Array.from({ length: 1000 }, (_, i) => (i < rows ? 6 : 5)),
          ["a"],
        ),
        driftSettings,
      ).features[0];
    expect(odd(1).verdict).toBe("ok");
    expect(odd(40)).toMatchObject({ verdict: "drift", drifted: ["unseen"], unseenShare: 0.04 });
  });

  it("shows what decided: threshold, how it was set, effective rows, tests", () => {
    const few = compareProfiles(
      training,
      profileOf(training, sample.slice(0, 200), ["a", "a", "a", "b"]),
      driftSettings,
    );
    expect(few).toMatchObject({
      falseAlarmShare: 0.001,
      tests: 5,
      dependence: { seriesShare: 0 },
      settings: driftSettings,
    });
    expect(few.features[0]).toMatchObject({ thresholdOrigin: "no drift", targetEffectiveRows: 200 });
    expect(few.features[0].threshold).toBeGreaterThan(0.2);
    const many = compareProfiles(training, profileOf(training, sample, ["a", "a", "a", "b"]), driftSettings);
    expect(many.features[0]).toMatchObject({ threshold: 0.1, thresholdOrigin: "effect size" });
  });

  it("says insufficient_data below the minimum of rows", () => {
    const result = compareProfiles(training, profileOf(training, [1, 2, 3], ["a"]), driftSettings);
    expect(result).toMatchObject({ verdict: "insufficient_data", reason: "3 rows; 100 are needed (minRows)" });
    for (const feature of result.features) expect(feature).toMatchObject({ verdict: "insufficient_data", value: null });
  });
});

describe("missing values", () => {
  const gaps = (known: number, rows: number) =>
    Array.from({ length: rows }, (_, i) => (i < known ? sample[i] : Number.NaN));
  const compare = (numbers: number[], trained = training) =>
    compareProfiles(trained, profileOf(trained, numbers, ["a", "a", "a", "b"]), driftSettings);

  it("in every row of a feature are drift, whatever the other features say", () => {
    const result = compare(gaps(0, 2656));
    expect(result.verdict).toBe("drift");
    expect(result.features[0]).toMatchObject({
      verdict: "drift",
      drifted: ["missing"],
      value: null,
      targetMissingShare: 1,
      reason: "the value is missing in 100 % of the rows and in 0 % of the training rows",
    });
    expect(result.features[1].verdict).toBe("ok");
  });

  it("in all rows but one are drift too, and the one value is not a distribution", () => {
    expect(compare(gaps(1, 1000)).features[0]).toMatchObject({ verdict: "drift", drifted: ["missing"], value: null });
  });

  it("alarm from 5 % more on, and only where chance cannot explain them", () => {
    const tenth = trainingProfile(
      table(
        sample.map((value, i) => (i % 10 ? value : Number.NaN)),
        ["a", "a", "a", "b"],
      ),
    );
    const verdict = (missing: number, rows: number) => compare(gaps(rows - missing, rows), tenth).features[0].verdict;
    expect([verdict(140, 1000), verdict(160, 1000)]).toEqual(["ok", "drift"]);
    expect([verdict(20, 125), verdict(40, 140)]).toEqual(["ok", "drift"]);
  });

  it("that became fewer are drift as well: something fills them in", () => {
    const third = trainingProfile(table(sample.map((value, i) => (i % 3 ? value : Number.NaN))));
    expect(compare(sample.slice(0, 1000), third).features[0]).toMatchObject({ verdict: "drift", drifted: ["missing"] });
  });

  it("leave a feature that is as sparse as in training unjudged, without holding back the verdict", () => {
    const few = sample.map((value, i) => (i % 50 ? Number.NaN : value));
    const sparse = trainingProfile(table(few, ["a", "a", "a", "b"]));
    const result = compare(gaps(20, 1000), sparse);
    expect(result.features[0]).toMatchObject({
      verdict: "insufficient_data",
      reason: "20 of 1000 rows have a value; 100 are needed (minRows)",
    });
    expect(result.verdict).toBe("ok");
  });

  it("in a series that lost a sensor for long stretches before are not drift, but fail the feature and the verdict", () => {
    const outages = sample.map((value, i) => (i % 5000 < 1500 ? Number.NaN : value));
    const times = Float64Array.from(sample, (_value, i) => i * 3_600_000);
    const series = trainingProfile(table(outages, ["a", "a", "a", "b"]), times);
    const result = compare(gaps(0, 300), series);
    expect(result.features[0]).toMatchObject({
      verdict: "failed",
      reason: "0 of 300 rows have a value; 100 are needed (minRows); going by the training rows, 210 should",
    });
    expect(result).toMatchObject({ verdict: "failed", reason: expect.stringMatching(/^x: 0 of 300/) });
  });

  it("hold back the verdict where a feature has too few known values to be compared", () => {
    const result = compare(gaps(97, 101));
    expect(result.features[0].verdict).toBe("insufficient_data");
    expect(result).toMatchObject({ verdict: "insufficient_data", reason: expect.stringContaining("x: 97 of 101") });
  });

  it("leave no verdict where a feature that is well filled in training has slightly too few known values", () => {
    const some = trainingProfile(
      table(
        sample.map((value, i) => (i % 50 ? value : Number.NaN)),
        ["a", "a", "a", "b"],
      ),
    );
    expect(compare(gaps(98, 100), some)).toMatchObject({
      verdict: "insufficient_data",
      reason: "x: 98 of 100 rows have a value; 100 are needed (minRows)",
    });
    expect(rowsNeeded(some, 100)).toBe(103);
    expect(compare(gaps(101, 103), some).verdict).toBe("ok");
  });

  it("on both sides alone leave nothing to compare", () => {
    const empty = trainingProfile(table(new Array(1000).fill(Number.NaN), ["a", "a", "a", "b"]));
    expect(compare(gaps(0, 200), empty)).toMatchObject({
      verdict: "ok",
      features: [{ value: null, verdict: "ok" }, {}],
    });
    expect(compare(gaps(200, 200), empty).features[0]).toMatchObject({ verdict: "drift", drifted: ["missing"] });
  });
});

describe("how rows depend on one another", () => {
  const slow = Array.from({ length: 8000 }, (_, i) => Math.sin(i / 300) + 0.1 * normal());
  const times = Float64Array.from(slow, (_value, i) => i * 3_600_000);
  const series = trainingProfile(table(slow), times);
  const judge = (numbers: number[]) => compareProfiles(series, profileOf(series, numbers), driftSettings);

  it("is seen from the order of the rows: a stretch of the series counts as few independent rows, drawn rows count in full", () => {
    const stretch = judge(slow.slice(1000, 1300));
    expect(stretch).toMatchObject({ verdict: "ok", dependence: { seriesShare: 1 } });
    expect(stretch.features[0].targetEffectiveRows).toBeLessThan(5);
    const drawn = judge(Array.from({ length: 300 }, () => slow[Math.floor(random() * slow.length)]));
    expect(drawn).toMatchObject({ verdict: "ok", dependence: { seriesShare: 0 } });
    expect(drawn.features[0].targetEffectiveRows).toBe(300);
    const many = Array.from({ length: 900 }, () => slow[Math.floor(random() * slow.length)]);
    const half = judge([...slow.slice(1000, 1300), ...many]);
    expect(half.verdict).toBe("ok");
    expect(half.dependence.seriesShare).toBeGreaterThan(0.2);
    expect(half.dependence.seriesShare).toBeLessThan(0.8);
  });

  it("does not hide values beyond anything that the series ever reached", () => {
    const beyond = judge(slow.slice(1000, 1300).map((value) => value + 3));
    expect(beyond.features[0]).toMatchObject({ verdict: "drift", thresholdOrigin: "training range" });
  });

  it("does not depend on the order of the training rows, which their times give", () => {
    const backwards = trainingProfile(table([...slow].reverse()), times.slice().reverse());
    expect(backwards).toEqual(series);
  });

  it("is judged by the window's order where an earlier release wrote the training profile, which the result says", () => {
    const { reference: _none, ...old } = JSON.parse(JSON.stringify(series));
    for (const feature of old.profile.features) delete feature.neighbours;
    delete old.bins[0].fences;
    const judgeOld = (numbers: number[]) => compareProfiles(old, profileOf(old, numbers), driftSettings);
    const stretch = judgeOld(slow.slice(1000, 1300));
    expect(stretch).toMatchObject({ verdict: "ok", dependence: { byOwnOrder: true } });
    expect(stretch.dependence.why).toContain("earlier release");
    expect(stretch.features[0].targetEffectiveRows).toBeLessThan(30);
    const drawn = judgeOld(Array.from({ length: 500 }, () => slow[Math.floor(random() * slow.length)] + 1));
    expect(drawn.features[0]).toMatchObject({ verdict: "drift", targetEffectiveRows: 500 });
  });
});

describe("profiles", () => {
  const integers = fc.array(fc.integer({ min: -1000, max: 1000 }), { maxLength: 50 });

  it("merge to the same as one pass over all rows, in any grouping", () => {
    fc.assert(
      fc.property(integers, integers, integers, (a, b, c) => {
        const parts = [a, b, c].map((rows) => profileOf(training, rows, ["a", "z"]));
        const left = mergeProfiles(mergeProfiles(parts[0], parts[1]), parts[2]);
        const right = mergeProfiles(parts[0], mergeProfiles(parts[1], parts[2]));
        const whole = profileOf(training, [...a, ...b, ...c]);
        for (const merged of [left, right]) {
          const { neighbours, binSums, ...counts } = merged.features[0] as NumberProfile;
          const { neighbours: steps, binSums: sums, ...once } = whole.features[0] as NumberProfile;
          expect(counts).toEqual(once);
          for (const [i, sum] of binSums.entries()) expect(sum).toBeCloseTo(sums[i], 8);
          expect({ ...neighbours, apart: 0 }).toEqual({ ...steps, apart: 0 });
          expect(neighbours.apart).toBeCloseTo(steps.apart, 6);
        }
        expect(left.features[1]).toEqual(right.features[1]);
        expect(left.rows).toBe(whole.rows);
      }),
    );
  });

  it("survive JSON", () => {
    expect(JSON.parse(JSON.stringify(training))).toEqual(training);
  });
});
