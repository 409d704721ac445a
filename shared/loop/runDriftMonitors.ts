import { capturedWindow } from "../capture/capturedWindow";
import { messageOf } from "../errors";
import { compareProfiles, type DriftResult, rowsNeeded } from "../monitoring/drift";
import type { MonitorResult, MonitorStore } from "../monitoring/monitorStore";
import type { TrainingProfile } from "../monitoring/trainingProfile";
import { withUnreadable, withWindow } from "../monitoring/windowNotes";
import type { BlobStore, Clock, Telemetry } from "../ports";
import { capturedRows } from "../serving/wire/registry";
import { telemetryEvents, telemetryMetrics } from "../telemetryNames";
import type { Usecase } from "../usecase/loadUsecases";
import { type ActOnDriftPorts, actOnDrift, driftSignal } from "./actOnDrift";
import { type WatchPorts, type WatchState, watchState } from "./watchState";

export interface DriftPorts extends ActOnDriftPorts, WatchPorts {
  usecases: Map<string, Usecase>;
  monitors: MonitorStore;
  blobs: BlobStore;
  clock: Clock;
  telemetry: Telemetry;
  /** this instance's unwritten captures are written first, so that a check sees what was just served */
  capture?: { flush(): Promise<void> };
}

const failedRule = "monitor-failed";

/** Checks the champion of every use case for drift of its inputs; one that fails never stops the others. Returns a line for each. */
export async function runDriftMonitors(ports: DriftPorts): Promise<string[]> {
  await ports.capture?.flush();
  const lines: string[] = [];
  for (const usecase of ports.usecases.values()) lines.push(await checkSafely(ports, usecase));
  return lines;
}

async function checkSafely(ports: DriftPorts, usecase: Usecase): Promise<string> {
  const { name } = usecase.spec;
  try {
    const line = await checkUsecase(ports, usecase);
    await ports.alerts.resolve(name, failedRule);
    return line;
  } catch (error) {
    await ports.alerts.raise({
      subject: name,
      rule: failedRule,
      severity: "error",
      summary: `the drift monitor failed: ${messageOf(error)}`,
      evidence: { signal: driftSignal },
    });
    return `${name}: the drift monitor failed: ${messageOf(error)}`;
  }
}

async function checkUsecase(ports: DriftPorts, usecase: Usecase): Promise<string> {
  const { name } = usecase.spec;
  const state = await watchState(ports, name);
  if (!state.watched) return `${name}: not watched: ${state.reason}`;
  const result = await evaluate(ports, state);
  await ports.monitors.save(result);
  report(ports, result);
  await actOnDrift(ports, usecase.spec, result);
  const line = `${name}: ${result.verdict} over ${result.targetRows} rows`;
  return result.reason === undefined ? line : `${line}: ${result.reason}`;
}

type Watched = Extract<WatchState, { watched: true }>;

async function evaluate(ports: DriftPorts, { usecase, version, profileBlob }: Watched): Promise<MonitorResult> {
  const { name, monitors } = usecase.spec;
  const to = ports.clock.now();
  const training = await ports.registry.document<TrainingProfile>(version, profileBlob);
  const { profile, rows, unreadableRequests, from, hours } = await capturedWindow({
    ...monitors.drift,
    rowsNeeded: rowsNeeded(training, monitors.drift.minRows),
    blobs: ports.blobs,
    model: name,
    version: version.version,
    signature: version.signature,
    training,
    rowsOf: capturedRows,
    to,
  });
  const compared = compareProfiles(training, profile, monitors.drift);
  const details = withUnreadable(withWindow(compared, rows, { from, to, hours }), rows, unreadableRequests);
  if (unreadableRequests > 0)
    ports.telemetry.metric(telemetryMetrics.captureUnreadable, unreadableRequests, {
      model: name,
      version: version.version,
    });
  return {
    model: name,
    version: version.version,
    signal: driftSignal,
    at: to.toISOString(),
    verdict: details.verdict,
    reason: details.reason,
    windowStart: from.toISOString(),
    windowEnd: to.toISOString(),
    targetRows: rows,
    details,
  };
}

function report(ports: DriftPorts, { model, version, verdict, targetRows, details }: MonitorResult): void {
  const { features } = details as DriftResult;
  const drifted = features.filter((feature) => feature.verdict === "drift").length;
  ports.telemetry.event(telemetryEvents.driftChecked, { model, version, verdict }, { targetRows, drifted });
  for (const { feature, value } of features)
    if (value !== null) ports.telemetry.metric(telemetryMetrics.driftValue, value, { model, version, feature });
}
