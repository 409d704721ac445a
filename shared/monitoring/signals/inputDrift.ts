import { telemetryEvents, telemetryMetrics } from "../../telemetryNames";
import { compareByHistory } from "../calibration/compareByHistory";
import { windowHistory } from "../calibration/windowHistory";
import { describeDrift } from "../describeDrift";
import { compareProfiles, type DriftResult, rowsNeeded } from "../drift";
import { driftAlerts } from "../driftAlerts";
import { driftDocument } from "../driftDocument";
import { type DriftSettings, driftSettings } from "../driftSettings";
import type { FeatureDrift } from "../featureDrift";
import type { Finding } from "../finding";
import type { Profile } from "../profile";
import type { TrainingProfile } from "../trainingProfile";
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
  const byTraining = compareProfiles(training, profile, settings);
  const compared =
    rows < minRows ? byTraining : await besideHistory(byTraining, training, profile, from, { ...read, settings, at });
  const judged = withWindow(compared, rows, { from, to: at, hours });
  const details = withUnreadable(judged, rows, unreadableRequests);
  const window = { version, windowStart: from.toISOString(), windowEnd: at.toISOString(), targetRows: rows };
  const importance = details.verdict === "drift" ? (await read.reference())?.importance : undefined;
  return {
    verdict: details.verdict,
    reason: details.reason,
    windowStart: from,
    targetRows: rows,
    sentence: sentenceOf(details),
    findings: details.features.map(findingOf),
    details,
    alerts: driftAlerts(details, window, { isSeries: read.model.isSeries, importance }),
    report: reportOf(details, rows, unreadableRequests),
  };
}

/** consecutive rows that look this much alike are a series, of which history can be told */
const leastSeriesShare = 0.5;
/** results that are looked through for since when the inputs have drifted */
const mostEarlier = 200;

/** The result by windows of history, where rows come as a series and their history is long enough; said where not. */
async function besideHistory(
  result: DriftResult,
  training: TrainingProfile,
  profile: Profile,
  from: Date,
  read: Pick<Watched<DriftSettings>, "model" | "reference" | "captured" | "earlier" | "settings" | "at">,
): Promise<DriftResult> {
  if (!read.model.isSeries || result.dependence.seriesShare < leastSeriesShare) return result;
  const reference = await read.reference();
  if (reference === undefined) return noted(result, "this version has no days of its training rows: train it again");
  const history = await windowHistory({
    reference,
    bins: training.bins,
    captured: read.captured,
    window: { from, to: read.at },
    driftedSince: await driftedSince(read),
    baseline: read.settings.baseline,
    cycles: read.model.inputs.map(({ cyclic }) => cyclic),
  });
  const judged = history && compareByHistory(result, training, profile, history);
  return judged ?? noted(result, "too little history for windows of this length");
}

function noted(result: DriftResult, why: string): DriftResult {
  return { ...result, notes: [...result.notes, `thresholds by the number of independent rows alone: ${why}`] };
}

/** The start of the first of the newest windows that all drifted. */
async function driftedSince({ earlier }: Pick<Watched<DriftSettings>, "earlier">): Promise<Date | undefined> {
  const results = await earlier(mostEarlier);
  const ended = results.findIndex(({ verdict }) => verdict !== "drift");
  const drifted = ended < 0 ? results : results.slice(0, ended);
  const first = drifted.at(-1);
  return first && new Date(first.windowStart);
}

function sentenceOf({ verdict, reason, features, baseline }: DriftResult): string {
  const drifted = features.filter((feature) => feature.verdict === "drift");
  if (drifted.length > 0) return `${drifted.length} of ${features.length} inputs moved: ${describeDrift(drifted)}.`;
  if (verdict === "ok")
    return `None of the ${features.length} inputs differs from ${baseline === "training rows" ? "the training rows" : baseline}.`;
  return `The inputs cannot be judged: ${reason}.`;
}

function findingOf(feature: FeatureDrift): Finding {
  const { statistic, value, threshold, thresholdOrigin, verdict, reason, targetRows, baselineRows } = feature;
  const judged = { statistic, value, threshold, thresholdOrigin, verdict, reason, targetRows, baselineRows };
  const { baselineEffectiveRows, targetEffectiveRows, level } = feature;
  const more = {
    baselineEffectiveRows,
    targetEffectiveRows,
    drifted: feature.drifted,
    ...(level && { level: level.value, levelThreshold: level.threshold }),
  };
  return { subject: feature.feature, ...judged, more };
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
