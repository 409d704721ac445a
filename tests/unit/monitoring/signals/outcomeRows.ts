import { seededRandom } from "../../../../shared/math/seededRandom";
import { countOutcomes } from "../../../../shared/monitoring/countOutcomes";
import type { HourOutcomes } from "../../../../shared/monitoring/outcomeProfile";
import type { MonitoringReference } from "../../../../shared/monitoring/reference";
import type { WindowProfile } from "../../../../shared/monitoring/windowProfile";
import { hourMs } from "../../../../shared/time";
import { at, captured, type Known, model } from "./watchedRows";

type Holdout = MonitoringReference["holdout"];

/**
 * Rows of a classifier of two classes whose probabilities are calibrated; of the share `turned` the truth is the other
 * class.
 */
export function classifiedRows(rowCount: number, seed: number, turned = 0): Holdout {
  const random = seededRandom(seed);
  const probabilities = Array.from({ length: rowCount }, () => random() ** 2);
  const truths = probabilities.map((p) => (random() < p !== random() < turned ? 1 : 0));
  const predicted = probabilities.map((p) => (p >= 0.5 ? 1 : 0));
  return { predictions: counted(probabilities, predicted), probabilities, truths, predicted };
}

function counted(probabilities: number[], predicted: number[]): Holdout["predictions"] {
  const [rows, sums] = [new Array<number>(50).fill(0), new Array<number>(50).fill(0)];
  for (const p of probabilities) {
    const bin = Math.min(49, Math.floor(p * 50));
    rows[bin]++;
    sums[bin] += p;
  }
  const wet = predicted.reduce((sum, one) => sum + one, 0);
  return { rows: predicted.length, labels: { dry: predicted.length - wet, wet }, scores: { wet: { rows, sums } } };
}

/** The rows as served in equal shares over so many hours before the sample's time; `sliceOf` names a row's slice. */
export function servedOver(
  hours: number,
  { truths, predicted, probabilities }: Holdout,
  sliceOf: (row: number) => string[] = () => [],
): HourOutcomes[] {
  const length = Math.ceil(truths.length / hours);
  const shape = { classes: model.classes, scored: ["wet"] };
  return Array.from({ length: hours }, (_, i) => {
    const rows = Array.from({ length: Math.min(length, truths.length - i * length) }, (_row, at) => i * length + at);
    const outcomes = rows.map((row) => {
      const scores = [1 - probabilities[row], probabilities[row]];
      return { truth: truths[row], predicted: predicted[row], probabilities: scores, slices: sliceOf(row) };
    });
    return { hour: new Date(at.getTime() - (hours - i) * hourMs), outcomes: countOutcomes(shape, outcomes) };
  });
}

/** What a version of these hold-out rows was like. */
export function referenceOf(holdout: Holdout): MonitoringReference {
  return { faults: [], moments: { columns: [], rows: 0, sums: [], products: [] }, holdout };
}

/** The rows as the profile of a window, their inputs moved by `shift` deviations. */
export function windowOf(rows: Holdout, shift = 0): WindowProfile {
  const { rows: rowCount } = rows.predictions;
  const none = { duplicateRows: 0, unknownFields: {}, unseenValues: {}, refused: {} };
  return {
    range: { from: new Date(at.getTime() - 24 * hourMs), to: at },
    rows: rowCount,
    inputs: captured(rowCount, shift).profile,
    faults: [],
    moments: { columns: [], rows: 0, sums: [], products: [] },
    predictions: rows.predictions,
    ...none,
    ...{ unreadableRequests: 0, omittedRows: 0, lostRequests: 0 },
  };
}

const reference = async () => referenceOf(classifiedRows(4000, 1));
const served = (turned: number): Known => ({
  reference,
  outcomes: async () => servedOver(250, classifiedRows(1000, 2, turned)),
});

/** A classifier that does as well as on its hold-out rows, one without labels, and one that errs much more. */
export const outcomesSample = { usual: served(0), empty: { reference, outcomes: async () => [] }, wrong: served(0.3) };

/** Rows of one behaviour followed by rows of another. */
export function followedBy(first: Holdout, second: Holdout): Holdout {
  const join = (name: "truths" | "predicted" | "probabilities") => [...first[name], ...second[name]];
  const rows = { truths: join("truths"), predicted: join("predicted"), probabilities: join("probabilities") };
  return { ...rows, predictions: counted(rows.probabilities, rows.predicted) };
}

const changed = followedBy(classifiedRows(500, 3), classifiedRows(500, 4, 0.4));

/** A classifier that errs as always, and one that errs more often since half of its predictions. */
export const changeSample = {
  usual: served(0),
  empty: { reference, outcomes: async () => [] },
  wrong: { reference, outcomes: async () => servedOver(250, changed) },
};

const pools = (row: number) => [row % 4 === 0 ? "pool=north" : "pool=south"];
const unfair = classifiedRows(1000, 5);
const unfairTruths = unfair.truths.map((truth, row) => (row % 12 === 0 ? 1 - truth : truth));

/** A classifier that does equally well in both pools, and one that errs in one of them. */
export const sliceSample = {
  usual: { reference, outcomes: async () => servedOver(250, classifiedRows(1000, 2), pools) },
  empty: { reference, outcomes: async () => [] },
  wrong: { reference, outcomes: async () => servedOver(250, { ...unfair, truths: unfairTruths }, pools) },
};

/** Rows whose scores are all near a half, so that the model separates the classes badly. */
export function unsureRows(rowCount: number, seed: number): Holdout {
  const random = seededRandom(seed);
  const probabilities = Array.from({ length: rowCount }, () => 0.4 + 0.2 * random());
  const predicted = probabilities.map((p) => (p >= 0.5 ? 1 : 0));
  const truths = probabilities.map((p) => (random() < p ? 1 : 0));
  return { predictions: counted(probabilities, predicted), probabilities, truths, predicted };
}

/** A classifier whose predictions are like those on its hold-out rows, and one that has become unsure. */
export const predictionSample = {
  usual: { reference, captured: async () => windowOf(classifiedRows(1000, 2)) },
  empty: { reference, captured: async () => windowOf(classifiedRows(0, 2)) },
  wrong: { reference, captured: async () => windowOf(unsureRows(1000, 6)) },
};

/** What a model relies on, each of its two inputs with that share of all attributions. */
export function attributed(x: number, rows: number) {
  const means = [x, 1 - x];
  return {
    method: "exact-shapley",
    rows,
    means,
    errors: means.map((mean) => (rows === 0 ? 0 : mean / Math.sqrt(rows))),
  };
}

const relied = (x: number, rows = 1000): Known => ({
  attributions: async () => ({ features: ["x", "sky"], training: attributed(0.8, 100), now: attributed(x, rows) }),
});

/** A model that relies on what it relied on, and one that has come to rely on its other input. */
export const attributionSample = { usual: relied(0.78), empty: relied(0.8, 0), wrong: relied(0.2) };
