import type { AlertStore } from "../alerts/alertStore";
import type { DatasetRegistry } from "../data/datasetRegistry";
import { AppError } from "../errors";
import type { Clock, Telemetry } from "../ports";
import type { ModelRegistry } from "../registry/modelRegistry";
import type { GateVerdict, VersionDetails } from "../registry/modelVersion";
import { telemetryEvents } from "../telemetryNames";
import { runFailedRule } from "./failRun";
import type { FinishedRun } from "./finishedRun";
import { isFinal, type RunRecord } from "./runRecord";
import type { RunStore } from "./runStore";
import { type VersionDetailsPorts, versionDetails } from "./versionDetails";

export interface PublishPorts extends VersionDetailsPorts {
  runs: RunStore;
  datasets: DatasetRegistry;
  registry: ModelRegistry;
  alerts: AlertStore;
  clock: Clock;
  telemetry: Telemetry;
}

/**
 * Registers the version with everything known about it, moves the alias where the gate says so, and ends the run.
 * AppError precondition_failed, before anything is written, when the champion is no longer the one that the version was
 * compared with.
 */
export async function publishVersion(ports: PublishPorts, finished: FinishedRun): Promise<RunRecord> {
  const { run, usecase } = finished;
  const current = await ports.runs.get(run.id);
  if (isFinal(current.status)) return current; // cancelled while it was judged
  await refuseMovedChampion(ports, finished);
  const details = await versionDetails(ports, finished, await withdrawnData(ports, run));
  const version = await register(ports, finished, details);
  if (details.gate.decision === "promoted") await promote(ports, finished, version, details.gate.reasons);
  const outcome = await outcomeOf(ports, finished, version, details.gate);
  const ended = await ports.runs.update(run.id, outcome);
  if (ended.finishedAt === outcome.finishedAt) announce(ports, ended, finished);
  await ports.alerts.resolve(usecase.spec.name, runFailedRule);
  return ended;
}

async function refuseMovedChampion({ registry }: PublishPorts, { usecase, champion }: FinishedRun): Promise<void> {
  const model = usecase.spec.name;
  if ((await registry.alias(model, "champion"))?.etag !== champion?.etag)
    throw new AppError("precondition_failed", `the champion of ${model} was moved during the comparison`);
}

/** Sentences about datasets that the run has learned from and that were withdrawn while it trained. */
async function withdrawnData({ datasets }: PublishPorts, { usecase, datasetVersions }: RunRecord): Promise<string[]> {
  const used = new Set(datasetVersions);
  const versions = (await datasets.versions(usecase)).filter(({ version }) => used.has(version));
  return versions.flatMap(({ version, withdrawn }) =>
    withdrawn
      ? [`dataset version ${version}, which it learned from, was withdrawn by ${withdrawn.by}: ${withdrawn.reason}`]
      : [],
  );
}

async function register(
  { registry }: PublishPorts,
  { run, usecase, refit }: FinishedRun,
  details: VersionDetails,
): Promise<number> {
  const model = usecase.spec.name;
  const actor = `run ${run.id}`;
  return (await registry.register({ model, bytes: refit.onnx, details, operation: run.id, actor })).version;
}

/** Makes the version champion; one that an earlier run gave, byte for byte, does not replace a later one. */
async function promote(
  { registry }: PublishPorts,
  { run, usecase, champion }: FinishedRun,
  version: number,
  reasons: string[],
): Promise<void> {
  if (version <= (champion?.version ?? 0)) return;
  await registry.moveAlias({
    model: usecase.spec.name,
    alias: "champion",
    version,
    etag: champion?.etag ?? null,
    operation: run.id,
    actor: `run ${run.id}`,
    reason: reasons.join("; "),
  });
}

/** How the run ends; read back: after a crash in between, the first attempt's verdict is the one that counts. */
async function outcomeOf(
  { registry, clock }: PublishPorts,
  { run, usecase }: FinishedRun,
  version: number,
  laterVerdict: GateVerdict,
) {
  const { gate, lineage } = await registry.version(usecase.spec.name, version);
  const champion = await registry.alias(usecase.spec.name, "champion");
  const promoted = champion?.version === version && champion.operation === run.id; // by this run, also before a crash
  const isNew = lineage.runId === run.id;
  // where the champion was moved or pinned since, the later verdict tells why this version is not it
  const verdict = gate.decision === "promoted" && !promoted ? laterVerdict : gate;
  const status = isNew ? ("succeeded" as const) : ("unchanged" as const);
  const message = isNew ? verdict.reasons.join("; ") : `training gave version ${version} again, byte for byte`;
  return { status, finishedAt: clock.now().toISOString(), version, promoted, message };
}

function announce(ports: PublishPorts, run: RunRecord, { evaluation, best }: FinishedRun): void {
  const seconds = (Date.parse(run.finishedAt as string) - Date.parse(run.requestedAt)) / 1000;
  const { usecase, trigger, status, version = 0, promoted = false } = run;
  ports.telemetry.event(
    telemetryEvents.runFinished,
    { usecase, runId: run.id, trigger, status, version, promoted, learner: best.learner },
    { seconds, selectionMetric: Number(evaluation.metrics[best.metric]) },
  );
}
