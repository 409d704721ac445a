import type { NumberProfile } from "../profile";
import type { CheckResult, ColumnEvidence } from "./columnEvidence";

/** a run that is longer than any of training by no more than a few rows says nothing */
const leastRun = 6;

/**
 * One value that repeats far longer than it ever did in training; in rows without a time, whose order means nothing,
 * a number that has the same value in all of them.
 */
export function checkFrozen(column: ColumnEvidence): CheckResult {
  const { bins, faults, counts, training, trainingFaults, isSeries, rows, settings } = column;
  if (isConstant(column)) return { figures: { longestRun: faults.longestRun } };
  if (isSeries && trainingFaults !== undefined) {
    const threshold = Math.max(leastRun, Math.ceil(trainingFaults.longestRun * settings.frozenFactor));
    const figures = { longestRun: faults.longestRun, longestRunThreshold: threshold };
    if (faults.longestRun <= threshold) return { figures };
    const text = `is frozen: one value ${faults.longestRun} times in a row, ${trainingFaults.longestRun} times at most in training`;
    return { figures, fault: { check: "frozen", isTotal: true, text } };
  }
  const figures = { longestRun: faults.longestRun };
  if (bins.type !== "number" || rows < settings.minRows || counts.count < rows / 2) return { figures };
  const { min, max } = counts as NumberProfile;
  if (min !== max || (training as NumberProfile).bins.length < 4) return { figures };
  const text = `is frozen: all ${counts.count} values are the same`;
  return { figures, fault: { check: "frozen", isTotal: true, text } };
}

/** A column of one value in training has no other run than all of it. */
function isConstant({ training, bins }: ColumnEvidence): boolean {
  if (bins.type === "number") return (training as NumberProfile).min === (training as NumberProfile).max;
  return "levels" in training && training.levels.filter((rows) => rows > 0).length < 2;
}
