import { seededRandom } from "../../../../shared/math/seededRandom";
import type { HourOutcomes, OutcomeProfile } from "../../../../shared/monitoring/outcomeProfile";
import { holdoutOutcomes } from "../../../../shared/monitoring/performance/holdoutOutcomes";
import type { MonitoringReference } from "../../../../shared/monitoring/reference";
import { hourMs } from "../../../../shared/time";
import { at, type Known, model } from "./watchedRows";

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

/** The rows as served in equal shares over so many hours before the sample's time. */
export function servedOver(hours: number, rows: Holdout, classes = model): HourOutcomes[] {
  const length = Math.ceil(rows.truths.length / hours);
  return Array.from({ length: hours }, (_, i) => {
    const slice = <T>(list: T[]) => list.slice(i * length, (i + 1) * length);
    const part = { ...rows, truths: slice(rows.truths), predicted: slice(rows.predicted) };
    const outcomes: OutcomeProfile = holdoutOutcomes(
      { ...part, probabilities: slice(rows.probabilities) },
      classes,
    ).whole;
    return { hour: new Date(at.getTime() - (hours - i) * hourMs), outcomes };
  });
}

/** What a version of these hold-out rows was like. */
export function referenceOf(holdout: Holdout): MonitoringReference {
  return { faults: [], moments: { columns: [], rows: 0, sums: [], products: [] }, holdout };
}

const reference = async () => referenceOf(classifiedRows(4000, 1));
const served = (turned: number): Known => ({
  reference,
  outcomes: async () => servedOver(250, classifiedRows(1000, 2, turned)),
});

/** A classifier that does as well as on its hold-out rows, one without labels, and one that errs much more. */
export const outcomesSample = { usual: served(0), empty: { reference, outcomes: async () => [] }, wrong: served(0.3) };
