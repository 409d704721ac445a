import { rollUpCapture } from "../capture/rollUp";
import { messageOf } from "../errors";
import { compareProfiles, type DriftResult } from "../monitoring/drift";
import type { MonitorResult, MonitorStore } from "../monitoring/monitorStore";
import type { BlobStore, Clock, Telemetry } from "../ports";
import type { ModelRegistry } from "../registry/modelRegistry";
import type { ModelVersion } from "../registry/modelVersion";
import { telemetryEvents, telemetryMetrics } from "../telemetryNames";
import { type StartRunPorts, startRun } from "../training/startRun";
import type { Usecase } from "../usecase/loadUsecases";
import type { Alert } from "./alert";
import type { AlertStore } from "./alertStore";

export interface DriftPorts extends StartRunPorts {
  usecases: Map<string, Usecase>;
  registry: ModelRegistry;
  alerts: AlertStore;
  monitors: MonitorStore;
  blobs: BlobStore;
  clock: Clock;
  telemetry: Telemetry;
  /** this instance's unwritten captures are written first, so that a check sees what was just served */
  capture: { flush(): Promise<void> };
}

const signal = "input-drift";
const failedRule = "monitor-failed";

/** Checks the champion of every use case for drift of its inputs; one that fails never stops the others. Returns a line for each. */
export async function runDriftMonitors(ports: DriftPorts): Promise<string[]> {
  await ports.capture.flush();
  const lines: string[] = [];
  for (const usecase of ports.usecases.values()) {
    if (!usecase.spec.monitors.drift.enabled) continue;
    lines.push(await checkSafely(ports, usecase));
  }
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
      evidence: { signal },
    });
    return `${name}: the drift monitor failed: ${messageOf(error)}`;
  }
}

async function checkUsecase(ports: DriftPorts, usecase: Usecase): Promise<string> {
  const { name } = usecase.spec;
  const champion = await ports.registry.alias(name, "champion");
  if (champion === undefined) return `${name}: no champion to watch`;
  const version = await ports.registry.version(name, champion.version);
  if (version.trainingProfile === undefined)
    return `${name}: version ${version.version} has no training profile to compare with`;
  const result = await evaluate(ports, usecase, version, version.trainingProfile);
  await ports.monitors.save(result);
  report(ports, result);
  await act(ports, usecase, result);
  return `${name}: ${result.verdict} over ${result.targetRows} rows`;
}

async function evaluate(
  ports: DriftPorts,
  { spec }: Usecase,
  version: ModelVersion,
  profileBlob: string,
): Promise<MonitorResult> {
  const now = ports.clock.now();
  const settings = spec.monitors.drift;
  const from = new Date(now.getTime() - settings.windowHours * 3_600_000);
  const training = await readProfile(ports.blobs, profileBlob);
  const { profile, rows } = await rollUpCapture({
    blobs: ports.blobs,
    model: spec.name,
    version: version.version,
    signature: version.signature,
    training,
    from,
    to: now,
  });
  const comparison = compareProfiles(training, profile, settings);
  return {
    model: spec.name,
    version: version.version,
    signal,
    at: now.toISOString(),
    verdict: comparison.verdict,
    windowStart: from.toISOString(),
    windowEnd: now.toISOString(),
    targetRows: rows,
    details: comparison,
  };
}

async function readProfile(blobs: BlobStore, path: string) {
  const [container, ...rest] = path.split("/");
  const bytes = await blobs.read(container, rest.join("/"));
  if (bytes === undefined) throw new Error(`the training profile ${path} is missing`);
  return JSON.parse(Buffer.from(bytes).toString("utf8"));
}

function report(ports: DriftPorts, { model, version, verdict, targetRows, details }: MonitorResult): void {
  const { features } = details as DriftResult;
  const drifted = features.filter((feature) => feature.verdict === "drift").length;
  ports.telemetry.event(telemetryEvents.driftChecked, { model, version, verdict }, { targetRows, drifted });
  for (const { feature, value } of features)
    if (value !== null) ports.telemetry.metric(telemetryMetrics.driftValue, value, { model, version, feature });
}

/** A breach raises one alert while it lasts and, by policy, one retraining run; quiet traffic closes the alert. */
async function act(ports: DriftPorts, { spec }: Usecase, result: MonitorResult): Promise<void> {
  if (result.verdict === "ok") await ports.alerts.resolve(spec.name, signal);
  if (result.verdict !== "drift") return;
  const drifted = (result.details as DriftResult).features.filter(({ verdict }) => verdict === "drift");
  const names = drifted.map(({ feature }) => feature);
  const { alert } = await ports.alerts.raise({
    subject: spec.name,
    rule: signal,
    severity: "warning",
    summary: `the inputs of version ${result.version} differ from its training rows in ${names.slice(0, 10).join(", ")}`,
    evidence: {
      version: result.version,
      windowStart: result.windowStart,
      windowEnd: result.windowEnd,
      targetRows: result.targetRows,
      features: names.slice(0, 50),
      values: Object.fromEntries(
        drifted.slice(0, 50).map(({ feature, value, threshold }) => [feature, { value, threshold }]),
      ),
    },
  });
  if (spec.policies.onDrift === "retrain" && alert.runId === undefined) await retrain(ports, spec, alert);
}

async function retrain(ports: DriftPorts, spec: Usecase["spec"], alert: Alert): Promise<void> {
  const coolDownMs = spec.policies.cooldownHours * 3_600_000;
  const last = (await ports.runs.list(spec.name)).findLast(({ trigger }) => trigger === "drift");
  const ageMs = last ? ports.clock.now().getTime() - Date.parse(last.requestedAt) : Number.POSITIVE_INFINITY;
  const cause = `drift-${alert.raisedAt.replace(/[-:.]/g, "")}`;
  if (ageMs < coolDownMs && last?.id !== `${spec.name}.${cause}`) {
    await ports.alerts.noteAction(alert, `no run: ${last?.id} started less than ${spec.policies.cooldownHours} h ago`);
    return;
  }
  const { run } = await startRun(ports, { usecase: spec.name, trigger: "drift", cause });
  await ports.alerts.noteAction(alert, `started run ${run.id}`, run.id);
}
