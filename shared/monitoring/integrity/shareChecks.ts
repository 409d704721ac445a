import { percent } from "../../figure";
import { judgeUnseen } from "../judgeUnseen";
import { noDriftShares } from "../noDrift";
import type { CategoryProfile } from "../profile";
import type { CheckResult, ColumnEvidence } from "./columnEvidence";

/** Cells that hold nothing, beside their share in training; a column without any known value has stopped coming. */
export function checkMissing(column: ColumnEvidence): CheckResult {
  const { rows, faults, settings, missingSizes, worstDay, z } = column;
  const share = faults.missing / rows;
  const before = trainingShare(column, "missing");
  const noFault = noDriftShares(share, before, missingSizes, z);
  const threshold = Math.max(before + Math.max(settings.missingIncrease, noFault), worstDay + settings.missingIncrease);
  const figures = { missing: share, missingInTraining: before, missingThreshold: Math.min(1, threshold) };
  const isTotal = faults.missing === rows && before < 0.5;
  if (!isTotal && (share <= threshold || faults.missing < settings.minFaultyRows)) return { figures };
  const text = isTotal
    ? `stopped coming: none of the ${rows} rows has a value, ${percent(1 - before)} of the training rows had`
    : `is missing in ${percent(share)} of the rows, ${percent(before)} in training`;
  return { figures, fault: { check: "missing", isTotal, text } };
}

/** Numbers outside the declared range, beside their share in training. */
export function checkRange(column: ColumnEvidence): CheckResult {
  const { rows, faults, settings } = column;
  const share = faults.outOfRange / rows;
  const threshold = trainingShare(column, "outOfRange") + settings.outOfRangeIncrease;
  const figures = { outOfRange: share, outOfRangeThreshold: threshold };
  if (share <= threshold || faults.outOfRange < settings.minFaultyRows) return { figures };
  const text = `is outside its declared range in ${percent(share)} of the rows`;
  return { figures, fault: { check: "out of range", isTotal: faults.outOfRange === rows, text } };
}

/** Cells of another type than the column's. */
export function checkType(column: ColumnEvidence): CheckResult {
  const { rows, faults, settings } = column;
  const share = faults.wrongType / rows;
  const figures = { wrongType: share };
  if (share <= settings.wrongTypeShare || faults.wrongType < settings.minFaultyRows) return { figures };
  const wanted = column.bins.type === "number" ? "a number" : "a text";
  const text = `is not ${wanted} in ${percent(share)} of the rows`;
  return { figures, fault: { check: "wrong type", isTotal: faults.wrongType === rows, text } };
}

/** Values that are declared to mean "missing", beside their share in training. */
export function checkDeclaredSentinels(column: ColumnEvidence): CheckResult {
  const { rows, faults, settings } = column;
  const share = faults.sentinels / rows;
  const before = trainingShare(column, "sentinels");
  const figures = { sentinels: share };
  if (share <= before + settings.missingIncrease || faults.sentinels < settings.minFaultyRows) return { figures };
  const text = `holds a value that is declared to mean "missing" in ${percent(share)} of the rows, ${percent(before)} in training`;
  return { figures, fault: { check: "sentinel", isTotal: faults.sentinels === rows, text } };
}

/** Categories that training never had. */
export function checkUnseen(column: ColumnEvidence): CheckResult {
  const { bins, counts, training, unseen, z } = column;
  if (bins.type !== "category" || counts.count === 0 || training.count === 0) return { figures: {} };
  const single = (training as CategoryProfile).levels.filter((rows) => rows === 1).length;
  const rows = { target: counts.count, baseline: training.count };
  const judged = judgeUnseen({ unseen: (counts as CategoryProfile).unseen, single, rows, sizes: rows }, z);
  const { unseenShare = 0 } = judged;
  const values = Object.keys(unseen).slice(0, 5);
  const figures = { unseen: unseenShare, ...(values.length > 0 && { unseenValues: values }) };
  if (judged.drifted.length === 0) return { figures };
  const text = `has values that training never saw in ${percent(unseenShare)} of the rows`;
  return { figures, fault: { check: "unseen category", isTotal: unseenShare === 1, text } };
}

/** A profile of training alone counts as missing whatever was no value. */
function trainingShare(column: ColumnEvidence, kind: "missing" | "outOfRange" | "sentinels"): number {
  const { trainingFaults, trainingRows, training } = column;
  if (trainingRows === 0) return 0;
  if (trainingFaults !== undefined) return trainingFaults[kind] / trainingRows;
  return kind === "missing" ? training.missing / trainingRows : 0;
}
