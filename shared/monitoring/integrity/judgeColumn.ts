import type { Finding } from "../finding";
import type { ColumnEvidence, ColumnFault } from "./columnEvidence";
import { checkFrozen } from "./frozenCheck";
import { checkUndeclaredSentinel } from "./sentinelCheck";
import { checkDeclaredSentinels, checkMissing, checkRange, checkType, checkUnseen } from "./shareChecks";

const checks = [
  checkMissing,
  checkRange,
  checkType,
  checkDeclaredSentinels,
  checkUndeclaredSentinel,
  checkUnseen,
  checkFrozen,
];

/** A column's state: what is wrong with it, and the figures of every check. */
export interface ColumnState {
  finding: Finding;
  faults: ColumnFault[];
}

/** Judges the cells of one column by every check; the finding's value is the number of faults. */
export function judgeColumn(column: ColumnEvidence): ColumnState {
  const { bins, rows, trainingRows, settings } = column;
  const finding = { subject: bins.name, statistic: "integrity faults", threshold: 0, thresholdOrigin: "no fault" };
  const counted = { targetRows: rows, baselineRows: trainingRows };
  if (rows < settings.minRows) {
    const reason = `${rows} rows; ${settings.minRows} are needed (monitors.dataIntegrity.minRows)`;
    const { faults, more } = runChecks(column, [checkFrozen]);
    if (faults.length === 0)
      return { faults, finding: { ...finding, value: null, verdict: "insufficient_data", reason, ...counted, more } };
  }
  const { faults, more } = runChecks(column, rows < settings.minRows ? [checkFrozen] : checks);
  const reason = faults.length > 0 ? { reason: faults.map(({ text }) => text).join("; ") } : {};
  const verdict = faults.length > 0 ? ("drift" as const) : ("ok" as const);
  return { faults, finding: { ...finding, value: faults.length, verdict, ...reason, ...counted, more } };
}

function runChecks(column: ColumnEvidence, run: typeof checks) {
  const results = run.map((check) => check(column));
  const faults = results.flatMap(({ fault }) => (fault === undefined ? [] : [fault]));
  const status = faults.length > 0 ? faults.map(({ check }) => check).join(", ") : "ok";
  const more: Finding["more"] = { status };
  for (const { figures } of results) Object.assign(more, figures);
  return { faults, more };
}
