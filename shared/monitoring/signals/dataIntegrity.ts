import type { AlertSeverity } from "../../alerts/alert";
import { dataIntegrityRule, noNewDatasetRule, staleDataRule } from "../../alerts/rules";
import { dayMs } from "../../time";
import { effectiveMissingSizes, judgeDependence } from "../dependence";
import type { Finding } from "../finding";
import { findingAlert } from "../findingAlerts";
import type { ColumnEvidence } from "../integrity/columnEvidence";
import { type IntegritySettings, integritySettings } from "../integrity/integritySettings";
import { type ColumnState, judgeColumn } from "../integrity/judgeColumn";
import { judgeDuplicates, judgeReadable, judgeRefused, judgeUnknownFields } from "../integrity/rowChecks";
import { judgeFreshness, judgeNewData, judgeVolume } from "../integrity/rowVolume";
import { normalTail } from "../noDrift";
import type { MonitoringReference } from "../reference";
import type { WindowProfile } from "../windowProfile";
import { evaluated } from "./evaluated";
import { type NewestRows, newestRows } from "./newestRows";
import type { Evaluation, Signal, Watched } from "./signal";
import { signalDetails } from "./signalDetails";

/** Whether the newest rows are sound: their cells, their number, their age and their fields. */
export const dataIntegrity = {
  name: "data-integrity",
  settings: integritySettings,
  needs: ["captures", "trainingProfile"],
  document: signalDetails,
  evaluate,
} satisfies Signal<IntegritySettings>;

type Champion = Watched<IntegritySettings>;

/** the share of windows without faults in which any of the checks by chance may alarm */
const falseAlarmShare = 0.001;
const weeks = [7, 14, 21, 28];
const days = [1, 2, 3];

async function evaluate(champion: Champion): Promise<Evaluation> {
  const { version, settings, at } = champion;
  const newest = await newestRows(champion, settings);
  const { window, from } = newest;
  const columns = await judgeColumns(champion, window);
  const earlier = await earlierRows(champion, newest);
  const rowEvidence = { window, isSeries: champion.model.isSeries, knownFields: earlier.fields, settings };
  const volume = { rows: window.rows, earlier: earlier.rows, earlierTimes: earlier.times, settings };
  const fresh = judgeFreshness({ ...volume, at, newestAt: window.newestAt, from });
  const newData = judgeNewData(
    settings.expectNewDataHours === undefined ? undefined : await champion.newestDatasetAt(),
    at,
    settings,
  );
  const sound = [
    ...columns.map(({ finding }) => finding),
    judgeVolume(volume),
    judgeDuplicates(rowEvidence),
    judgeRefused(rowEvidence),
    judgeUnknownFields(rowEvidence),
    judgeReadable(rowEvidence),
  ];
  const findings = [...sound, fresh, newData];
  const isTotal = columns.some(({ faults }) => faults.some((fault) => fault.isTotal));
  const { verdict, reason } = overall(findings, window.rows, settings);
  const told = evaluated({
    signal: dataIntegrity.name,
    rule: dataIntegrityRule,
    severity: isTotal ? "error" : "warning",
    version,
    window: { from, to: at },
    targetRows: window.rows,
    verdict,
    ...(reason !== undefined && { reason }),
    sentence: sentenceOf(findings, newest, reason),
    findings,
    details: { settings, facts: { hours: newest.hours, earlier: earlier.rows, earlierTimes: earlier.times } },
  });
  const about = { version, windowStart: from.toISOString(), windowEnd: at.toISOString(), targetRows: window.rows };
  const alert = (rule: string, severity: AlertSeverity, some: Finding[]) =>
    findingAlert(some, { rule, severity, summary: `${faultsOf(some).join("; ")}`, about });
  const ofRows =
    verdict === "insufficient_data" ? [] : [alert(dataIntegrityRule, isTotal ? "error" : "warning", sound)];
  const alerts = [...ofRows, alert(staleDataRule, "error", [fresh]), alert(noNewDatasetRule, "warning", [newData])];
  return { ...told, alerts };
}

async function judgeColumns(champion: Champion, window: WindowProfile): Promise<ColumnState[]> {
  const { model, settings } = champion;
  const training = await champion.trainingProfile();
  const reference = await champion.reference();
  const dependence = judgeDependence(training, window.inputs);
  const z = normalTail(falseAlarmShare / Math.max(1, training.bins.length));
  return training.bins.map((bins, i) => {
    const column: ColumnEvidence = {
      bins,
      unit: model.inputs.find(({ name }) => name === bins.name)?.unit,
      isSeries: model.isSeries,
      rows: window.rows,
      counts: window.inputs.features[i],
      faults: window.faults[i],
      unseen: window.unseenValues[bins.name] ?? {},
      trainingRows: training.profile.rows,
      training: training.profile.features[i],
      trainingFaults: reference?.faults[i],
      reference: training.reference?.features[i],
      worstDay: worstDay(reference, i),
      missingSizes: effectiveMissingSizes(dependence, training, i, window.inputs.features[i]),
      settings,
      z,
    };
    return judgeColumn(column);
  });
}

const leastRowsADay = 12;

/** Missing values come by stretches: a training day shows how many may come together. */
function worstDay(reference: MonitoringReference | undefined, i: number): number {
  const days = (reference?.days ?? []).filter(({ inputs }) => inputs.rows >= leastRowsADay);
  return Math.max(0, ...days.map(({ inputs }) => inputs.features[i].missing / inputs.rows));
}

/** The rows of the same hours of earlier weeks, or of earlier days where the service is younger than two weeks. */
async function earlierRows({ at, captured }: Champion, { from }: NewestRows) {
  const read = (before: readonly number[]) =>
    Promise.all(
      before.map((day) =>
        captured({ from: new Date(from.getTime() - day * dayMs), to: new Date(at.getTime() - day * dayMs) }),
      ),
    );
  let times = `the same hours of the last ${weeks.length} weeks`;
  let windows = inUse(await read(weeks));
  if (windows.length < 2) {
    times = `the same hours of the last ${days.length} days`;
    windows = inUse(await read(days));
  }
  const fields = windows.length === 0 ? undefined : new Set(windows.flatMap((one) => Object.keys(one.unknownFields)));
  return { rows: windows.map(({ rows }) => rows), times, fields };
}

/** Earlier windows up to the first one that had rows: before it the service was not in use. */
function inUse(windows: WindowProfile[]): WindowProfile[] {
  const first = windows.findLastIndex(({ rows }) => rows > 0);
  return windows.slice(0, first + 1);
}

function overall(findings: readonly Finding[], rows: number, { minRows }: IntegritySettings) {
  if (findings.some(({ verdict }) => verdict === "drift")) return { verdict: "drift" as const };
  if (rows >= minRows) return { verdict: "ok" as const };
  const reason = `${rows} rows were captured; ${minRows} are needed (monitors.dataIntegrity.minRows)`;
  return { verdict: "insufficient_data" as const, reason };
}

function faultsOf(findings: readonly Finding[]): string[] {
  return findings
    .filter(({ verdict }) => verdict === "drift")
    .map(({ subject, reason }) => (subject === "all" ? `${reason}` : `${subject} ${reason}`));
}

function sentenceOf(findings: readonly Finding[], { window, hours }: NewestRows, reason?: string): string {
  const faults = faultsOf(findings);
  if (faults.length > 0) {
    const shown = faults.slice(0, 5).join("; ");
    return faults.length > 5 ? `${shown}; and ${faults.length - 5} more.` : `${shown}.`;
  }
  if (reason !== undefined) return `The rows cannot be judged: ${reason}.`;
  const columns = findings.filter(({ statistic }) => statistic === "integrity faults").length;
  return `The ${window.rows} rows of the last ${Math.round(hours)} hours are sound in all ${columns} columns.`;
}
