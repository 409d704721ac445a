import { telemetryEvents, telemetryMetrics } from "../../telemetryNames";
import { compareProfiles, type DriftResult, rowsNeeded } from "../drift";
import { driftAlerts } from "../driftAlerts";
import { driftDocument } from "../driftDocument";
import { type DriftSettings, driftSettings } from "../driftSettings";
import { withUnreadable, withWindow } from "../windowNotes";
import type { Evaluation, Signal, SignalReport, Watched } from "./signal";

/** Whether the inputs that a champion gets differ from its training rows. */
export const inputDrift = {
  name: "input-drift",
  settings: driftSettings,
  document: driftDocument,
  evaluate,
} satisfies Signal<DriftSettings>;

async function evaluate({ version, settings, at, ...read }: Watched<DriftSettings>): Promise<Evaluation> {
  const training = await read.trainingProfile();
  const { windowHours, maxWindowHours, minRows } = settings;
  const wanted = { windowHours, maxWindowHours, rowsNeeded: rowsNeeded(training, minRows) };
  const { profile, rows, unreadableRequests, from, hours } = await read.capturedRows(wanted);
  const judged = withWindow(compareProfiles(training, profile, settings), rows, { from, to: at, hours });
  const details = withUnreadable(judged, rows, unreadableRequests);
  const window = { version, windowStart: from.toISOString(), windowEnd: at.toISOString(), targetRows: rows };
  return {
    verdict: details.verdict,
    reason: details.reason,
    windowStart: from,
    targetRows: rows,
    details,
    alerts: driftAlerts(details, window),
    report: reportOf(details, rows, unreadableRequests),
  };
}

function reportOf({ features }: DriftResult, targetRows: number, unreadableRequests: number): SignalReport {
  const distances = features.flatMap(({ feature, value }) =>
    value === null ? [] : [{ name: telemetryMetrics.driftValue, value, attributes: { feature } }],
  );
  const unreadable = { name: telemetryMetrics.captureUnreadable, value: unreadableRequests, attributes: {} };
  return {
    event: telemetryEvents.driftChecked,
    measurements: { targetRows, drifted: features.filter(({ verdict }) => verdict === "drift").length },
    metrics: unreadableRequests > 0 ? [unreadable, ...distances] : distances,
  };
}
