import { expect, it } from "vitest";
import { encodePrepared } from "../../../shared/data/encodePrepared";
import type { PreparedData } from "../../../shared/data/preparedData";
import { splitByTime } from "../../../shared/data/splitByTime";
import { modelOutput } from "../../../shared/evaluation/modelOutput";
import { selectionMetricValue } from "../../../shared/evaluation/selectionMetric";
import { trainerFor } from "../../../shared/learners/registry";
import { seededRandom } from "../../../shared/math/seededRandom";
import { refitTrial } from "../../../shared/training/refitTrial";
import type { TrialResult } from "../../../shared/training/runRecord";
import { scoreTrial } from "../../../shared/training/scoreTrial";
import { meanOf, selectTrial } from "../../../shared/training/selectTrial";

const columns = 6;

/**
 * Twelve years, each with 1.6 times the rows of the one before; in the oldest third of the rows two effects had the
 * other sign.
 */
function unevenHistory(seed: number, folds: number): PreparedData {
  const random = seededRandom(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const times: number[] = [];
  for (let year = 0; year < 12; year++) {
    const count = Math.round(20 * 1.6 ** year);
    for (let i = 0; i < count; i++) times.push(Date.UTC(2010 + year, 0, 1) + (i / count) * 365 * 86_400_000);
  }
  const numbers = Array.from({ length: columns }, (_, at) => ({
    name: `x${at}`,
    values: new Float32Array(times.length),
  }));
  const target = Int32Array.from(times, (_time, row) => {
    const [a, b, c, d, e, f] = numbers.map(({ values }) => {
      values[row] = normal();
      return values[row];
    });
    const sign = row < 0.35 * times.length ? -1 : 1;
    const either = sign * 3 * (a > 0.3 !== b > 0 && c > -0.2 ? 1 : 0);
    const z = -4.8 + either + 2.2 * (d * e > 0.8 ? 1 : 0) + 1.2 * Math.sin(2 * a) * (e > 0 ? 1 : 0) + (f > 1 ? 1 : 0);
    return random() < 1 / (1 + Math.exp(-1.3 * z)) ? 1 : 0;
  });
  const split = splitByTime(Float64Array.from(times), { holdoutFrom: "2021-06-01T00:00:00Z", folds }, 0);
  return {
    task: "classification",
    classes: ["no", "yes"],
    positiveIndex: 1,
    table: { rowCount: times.length, numbers, categories: [] },
    target,
    times: Float64Array.from(times),
    blocks: Int32Array.from(times, (time) => Math.floor(time / 86_400_000)),
    blockUnit: "day",
    ...split,
    source: { version: new Int32Array(times.length), row: new Int32Array(times.length) },
    counts: { rows: times.length, labelled: times.length, unlabelled: 0, gap: 0, duplicates: 0 },
  };
}

const trials = [
  { learner: "random-forest", parameters: { trees: 60, maxDepth: 4 } },
  { learner: "random-forest", parameters: { trees: 60, maxDepth: 12 } },
  { learner: "gradient-boosting", parameters: { rounds: 100, maxLeaves: 7 } },
].map(({ learner, parameters }, index) => ({
  index,
  learner,
  parameters: trainerFor(learner).parameters.parse(parameters) as Record<string, unknown>,
}));
const context = { seed: 1, decisionThreshold: 0.5, metric: "brier" as const };

it("the folds of a long uneven history choose about the best of the candidates for the newest rows", () => {
  for (const seed of [1, 2]) {
    const data = unevenHistory(seed, 5);
    const prepared = encodePrepared(data);
    const results = trials.map((trial): TrialResult => {
      const limits = { firstFold: 0, share: 1, softLimitMs: Number.POSITIVE_INFINITY };
      const scored = scoreTrial({ kind: "trial", prepared, trial, ...limits, ...context }, () => {});
      const known = scored.foldScores.filter((score) => score !== null);
      return { ...trial, rung: 0, metric: "brier", ...scored, ...meanOf(known) };
    });
    const onNewest = trials.map((trial) => {
      const { holdoutPredictions } = refitTrial({ kind: "refit", prepared, trial, features: [], ...context });
      return selectionMetricValue("brier", modelOutput(data, data.holdoutRows, holdoutPredictions, 0.5));
    });
    const chosen = selectTrial(results, "brier", { oneStandardError: true, oneStandardErrorCost: 0.005 });
    expect(onNewest[chosen?.index ?? -1] / Math.min(...onNewest), `seed ${seed}`).toBeLessThan(1.01);
  }
});
