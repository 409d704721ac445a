import { blockingFailures, type CheckResult } from "../data/checkResult";
import type { DatasetRegistry, DatasetVersion } from "../data/datasetRegistry";
import type { DataWork, PrepareOutcome } from "../data/dataTasks";
import type { DatasetFile } from "../data/prepareDataset";
import { AppError, isAppError } from "../errors";
import type { BlobStore, QueueSender } from "../ports";
import { telemetryEvents } from "../telemetryNames";
import type { Usecase } from "../usecase/loadUsecases";
import type { UsecaseSpec } from "../usecase/usecaseSpec";
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
  dataWork: DataWork;
}

/**
 * First step of a run: prepares the rows of all dataset versions, fixes the trials and queues one message per trial;
 * safe to repeat.
 */
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
  if (usecase === undefined) throw new AppError("not_found", `the use case "${run.usecase}" no longer exists`);
  const versions = await ports.datasets.usedVersions(run.usecase);
  if (versions.length === 0) throw await nothingToLearnFrom(ports, run.usecase);
  return ports.dataWork.inFolder(async (folder, perform) => {
    const files: DatasetFile[] = [];
    for (const dataset of versions) files.push(await ports.datasets.copyTo(folder, dataset));
    const prepared = await perform({ kind: "prepare", files, spec: usecase.spec });
    const check = () => perform({ kind: "check", prepared: prepared.prepared, spec: usecase.spec });
    return startTrials(ports, run, usecase, versions, { ...prepared, check });
  });
}

async function startTrials(
  ports: PlanTrainingPorts,
  run: RunRecord,
  usecase: Usecase,
  versions: DatasetVersion[],
  prepared: PrepareOutcome & { check(): Promise<CheckResult[]> },
): Promise<RunRecord> {
  const plan = trainingPlan(run, usecase, prepared);
  const facts = factsOf(ports, run, usecase, plan, versions, prepared);
  const reason =
    run.force || run.learners ? undefined : await whyUnchanged(ports, usecase, facts.datasetVersions, prepared);
  if (reason !== undefined) return endUnchanged(ports, run, facts, reason);
  await refuseBadData(ports, run, await prepared.check());
  const planSha256 = await ports.runs.savePlan(plan, prepared, await keepSpec(ports.blobs, usecase));
  const started = await ports.runs.update(run.id, { ...facts, planSha256, status: "training" });
  await sendTrials(ports, run.id, 0, plan.trials);
  return started;
}

function trainingPlan(run: RunRecord, { spec }: Usecase, { trainRows, folds }: PrepareOutcome): TrainingPlan {
  const trials = planTrials(withLearners(spec, run.learners));
  const rungs = planRungs(spec.search, trials.length, trainRows);
  return { runId: run.id, usecase: run.usecase, seed: spec.seed, trials, rungs, folds };
}

/** The spec with candidates of these learners, too; those that it has already are not tried again. */
function withLearners(spec: UsecaseSpec, learners: string[] = []): UsecaseSpec {
  const known = new Set(spec.candidates.map(({ learner }) => learner));
  const more = learners.filter((learner) => !known.has(learner)).map((learner) => ({ learner, grid: {} }));
  return { ...spec, candidates: [...spec.candidates, ...more] };
}

/** What the run's record says about its start. */
function factsOf(
  { clock }: PlanTrainingPorts,
  run: RunRecord,
  usecase: Usecase,
  { rungs, seed }: TrainingPlan,
  versions: DatasetVersion[],
  { counts }: PrepareOutcome,
) {
  return {
    startedAt: run.startedAt ?? clock.now().toISOString(),
    datasetVersions: versions.map(({ version }) => version),
    usecaseHash: usecase.hash,
    labelledRows: counts.labelled,
    trials: rungs.reduce((sum, rung) => sum + rung.trials, 0),
    seed,
  };
}

/** Keeps what the checks of the rows found; AppError rejected where one of them blocks. */
async function refuseBadData({ runs }: PlanTrainingPorts, run: RunRecord, checks: CheckResult[]): Promise<void> {
  await runs.saveDataChecks(run.id, checks);
  const failures = blockingFailures(checks);
  if (failures.length > 0) throw new AppError("rejected", failures.join("; "));
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

/** Why training would give the last version again; undefined when there is something to learn. */
async function whyUnchanged(
  ports: PlanTrainingPorts,
  usecase: Usecase,
  datasetVersions: number[],
  { rowsOfVersion }: PrepareOutcome,
): Promise<string | undefined> {
  const { spec, hash } = usecase;
  const last = (await ports.runs.list(spec.name)).findLast((run) => run.status === "succeeded");
  if (last === undefined || last.usecaseHash !== hash) return undefined;
  const known = new Set(last.datasetVersions);
  const used = new Set(datasetVersions);
  if ([...known].some((version) => !used.has(version))) return undefined; // withdrawn since: what it replaced is back
  const isFresh = new Set(datasetVersions.filter((version) => !known.has(version)));
  const newRows = rowsOfVersion.reduce((sum, { version, rows }) => sum + (isFresh.has(version) ? rows : 0), 0);
  const { minNewLabelledRows } = spec.policies;
  const wanted = minNewLabelledRows ?? usualMinimum(last);
  if (newRows >= wanted) return undefined;
  const origin =
    minNewLabelledRows === undefined ? "1 % of what it trained on, and 100 at least" : "the policy's minimum";
  return `${newRows} labelled rows are new since run ${last.id} (version ${last.version}); ${wanted} are needed (${origin})`;
}

/** New rows that can change a model: a handful added to thousands gives the same one, and costs a whole run. */
function usualMinimum({ labelledRows = 0 }: RunRecord): number {
  return Math.max(100, Math.ceil(labelledRows / 100));
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
