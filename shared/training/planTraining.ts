import { readFile } from "node:fs/promises";
import path from "node:path";
import { blockingFailures } from "../checks/checkResult";
import { checkData } from "../checks/dataChecks";
import type { DatasetRegistry, DatasetVersion } from "../data/datasetRegistry";
import { prepareDataset } from "../data/prepareDataset";
import { encodePrepared, type PreparedData } from "../data/preparedData";
import { writePreparedParquet } from "../data/writePreparedParquet";
import { AppError, isAppError } from "../errors";
import type { BlobStore, QueueSender, SqlEngine } from "../ports";
import { telemetryEvents } from "../telemetryNames";
import type { Usecase } from "../usecase/loadUsecases";
import { type FailRunPorts, failRun } from "./failRun";
import { planTrials } from "./planTrials";
import { planRungs } from "./rungs";
import { isFinal, type RunRecord, type TrainingPlan } from "./runRecord";
import { sendTrials } from "./trainCandidate";
import { keepSpec } from "./usecaseArchive";

export interface PlanTrainingPorts extends FailRunPorts {
  usecases: Map<string, Usecase>;
  datasets: DatasetRegistry;
  blobs: BlobStore;
  queues: QueueSender;
  sql: SqlEngine;
}

const hourMs = 3_600_000;

/** First step of a run: prepares the rows of all dataset versions, fixes the trials and queues one message a trial; safe to repeat. */
export async function planTraining(ports: PlanTrainingPorts, runId: string): Promise<RunRecord> {
  const run = await ports.runs.get(runId);
  if (isFinal(run.status)) return run;
  try {
    return await plan(ports, run);
  } catch (error) {
    if (!isAppError(error) || error.retryable) throw error;
    return failRun(ports, runId, error.message);
  }
}

async function plan(ports: PlanTrainingPorts, run: RunRecord): Promise<RunRecord> {
  const usecase = ports.usecases.get(run.usecase);
  if (usecase === undefined) throw new AppError("not_found", `there is no use case "${run.usecase}" any more`);
  const versions = await ports.datasets.usedVersions(run.usecase);
  if (versions.length === 0) throw await nothingToLearnFrom(ports, run.usecase);
  const trials = planTrials(usecase.spec);
  const { prepared, parquet } = await prepare(ports, usecase, versions);
  const checks = checkData(prepared, usecase.spec.checks, (usecase.spec.horizonHours ?? 0) * hourMs);
  const rungs = planRungs(usecase.spec.search, trials.length, prepared.trainRows.length);
  const facts = {
    startedAt: run.startedAt ?? ports.clock.now().toISOString(),
    datasetVersions: versions.map(({ version }) => version),
    usecaseHash: usecase.hash,
    labelledRows: prepared.counts.labelled,
    trials: rungs.reduce((sum, rung) => sum + rung.trials, 0),
    seed: usecase.spec.seed,
  };
  const reason = run.force ? undefined : await whyUnchanged(ports, usecase, facts.datasetVersions, prepared);
  if (reason !== undefined) return endUnchanged(ports, run, facts, reason);
  const trainingPlan: TrainingPlan = {
    runId: run.id,
    usecase: run.usecase,
    seed: usecase.spec.seed,
    trials,
    rungs,
    folds: prepared.folds.length,
  };
  await ports.runs.saveDataChecks(run.id, checks);
  const failures = blockingFailures(checks);
  if (failures.length > 0) throw new AppError("rejected", failures.join("; "));
  await ports.runs.savePlan(trainingPlan, encodePrepared(prepared), parquet);
  await keepSpec(ports.blobs, usecase);
  const started = await ports.runs.update(run.id, { ...facts, status: "training" });
  await sendTrials(ports, run.id, 0, trials);
  return started;
}

async function nothingToLearnFrom({ datasets }: PlanTrainingPorts, usecase: string): Promise<AppError> {
  const withdrawn = (await datasets.versions(usecase)).length;
  const dropOne = `drop one into datasets-inbox/${usecase}/`;
  if (withdrawn === 0) return new AppError("rejected", `use case "${usecase}" has no accepted dataset yet: ${dropOne}`);
  return new AppError(
    "rejected",
    `every dataset version of use case "${usecase}" is withdrawn: restore one, or ${dropOne}`,
  );
}

/** The rows as training reads them, and the same as a Parquet file for auditors. */
function prepare(
  ports: PlanTrainingPorts,
  usecase: Usecase,
  versions: DatasetVersion[],
): Promise<{ prepared: PreparedData; parquet: Uint8Array }> {
  return ports.sql.withSession(async (session, folder) => {
    const files: { version: number; path: string }[] = [];
    for (const dataset of versions) {
      const file = path.join(folder, `v${dataset.version}-${path.basename(dataset.blob)}`);
      await ports.datasets.download(dataset, file);
      files.push({ version: dataset.version, path: file });
    }
    const prepared = await prepareDataset(session, files, usecase.spec);
    const copy = path.join(folder, "prepared.parquet");
    await writePreparedParquet(session, prepared, usecase.spec, copy);
    return { prepared, parquet: await readFile(copy) };
  });
}

/** Why training would give the last version again; undefined when there is something to learn. */
async function whyUnchanged(
  ports: PlanTrainingPorts,
  usecase: Usecase,
  datasetVersions: number[],
  prepared: PreparedData,
): Promise<string | undefined> {
  const { spec, hash } = usecase;
  const last = (await ports.runs.list(spec.name)).findLast((run) => run.status === "succeeded");
  if (last === undefined || last.usecaseHash !== hash) return undefined;
  const known = new Set(last.datasetVersions);
  const used = new Set(datasetVersions);
  if ([...known].some((version) => !used.has(version))) return undefined; // withdrawn since: what it replaced is back
  const fresh = datasetVersions.filter((version) => !known.has(version));
  const isFresh = new Set(fresh);
  let newRows = 0;
  for (const version of prepared.source.version) if (isFresh.has(version)) newRows++;
  const wanted = spec.policies.minNewLabelledRows;
  if (newRows >= wanted) return undefined;
  return `${newRows} labelled rows are new since run ${last.id} (version ${last.version}); the policy asks for at least ${wanted}`;
}

async function endUnchanged(
  ports: PlanTrainingPorts,
  run: RunRecord,
  facts: Partial<RunRecord>,
  message: string,
): Promise<RunRecord> {
  const finishedAt = ports.clock.now().toISOString();
  const ended = await ports.runs.update(run.id, { ...facts, status: "unchanged", finishedAt, message });
  ports.telemetry.event(telemetryEvents.runFinished, {
    usecase: run.usecase,
    runId: run.id,
    status: "unchanged",
    trigger: run.trigger,
  });
  return ended;
}
