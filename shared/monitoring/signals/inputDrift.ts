import { telemetryEvents, telemetryMetrics } from "../../telemetryNames";
import { describeDrift } from "../describeDrift";
import { compareProfiles, type DriftResult, rowsNeeded } from "../drift";
import { driftAlerts } from "../driftAlerts";
import { driftDocument } from "../driftDocument";
import { type DriftSettings, driftSettings } from "../driftSettings";
import type { FeatureDrift } from "../featureDrift";
import type { Finding } from "../finding";
import { withUnreadable, withWindow } from "../windowNotes";
import type { Evaluation, Signal, SignalReport, Watched } from "./signal";

/** Whether the inputs that a champion gets differ from its training rows. */
export const inputDrift = {
  name: "input-drift",
  settings: driftSettings,
  needs: ["captures", "trainingProfile"],
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
    sentence: sentenceOf(details),
    findings: details.features.map(findingOf),
    details,
    alerts: driftAlerts(details, window),
    report: reportOf(details, rows, unreadableRequests),
  };
}

function sentenceOf({ verdict, reason, features }: DriftResult): string {
  const drifted = features.filter((feature) => feature.verdict === "drift");
  if (drifted.length > 0) return `${drifted.length} of ${features.length} inputs moved: ${describeDrift(drifted)}.`;
  if (verdict === "ok") return `None of the ${features.length} inputs differs from the training rows.`;
  return `The inputs cannot be judged: ${reason}.`;
}

function findingOf(feature: FeatureDrift): Finding {
  const { statistic, value, threshold, thresholdOrigin, verdict, reason, targetRows, baselineRows } = feature;
  const judged = { statistic, value, threshold, thresholdOrigin, verdict, reason, targetRows, baselineRows };
  return { subject: feature.feature, ...judged };
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
