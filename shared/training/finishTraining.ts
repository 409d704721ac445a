import { decodePrepared } from "../data/encodePrepared";
import type { PreparedData } from "../data/preparedData";
import { documentText } from "../documents";
import { AppError, isAppError } from "../errors";
import type { ModelSignature } from "../onnx/signature";
import type { ModelRuntime, QueueSender } from "../ports";
import type { AliasState } from "../registry/aliasRow";
import type { ModelLoader } from "../serving/loader";
import { predictTable } from "../serving/predictTable";
import { declaredFeatures } from "../usecase/declaredFeatures";
import type { Usecase } from "../usecase/loadUsecases";
import { checkModel } from "./checkModel";
import { evaluateInSteps } from "./evaluationSteps";
import { type FailRunPorts, failRun } from "./failRun";
import type { TrainedRun } from "./finishedRun";
import { championName } from "./gate";
import { holdoutTable, proveGraph } from "./proveGraph";
import { type PublishPorts, publishVersion } from "./publishVersion";
import { isFinal, type Proof, type Refit, type RunRecord, type TrialResult, trainingQueues } from "./runRecord";
import { proofDocument } from "./runSchemas";
import { selectTrial } from "./selectTrial";
import type { WorkerPool } from "./workerPool";
import type { EvaluateOutcome, EvaluateTask, TaskContext } from "./workerTasks";

export interface FinishTrainingPorts extends PublishPorts, FailRunPorts {
  usecases: Map<string, Usecase>;
  loader: ModelLoader;
  servingRuntime: ModelRuntime;
  workers: WorkerPool;
  queues: QueueSender;
}

/** the rest of the work goes into a step of its own when the refit took longer, so that each stays below two minutes */
const stepMs = 25_000;
/** of processor time */
const refitLimitMs = 90_000;
const busyDelaySeconds = 5;

/**
 * Last step of a run: refits the best trial, proves the graph, judges it on the hold-out, registers and gates it; safe
 * to repeat. After a long refit, or where every thread is busy, it queues itself again and gives the run as it stands.
 */
export async function finishTraining(ports: FinishTrainingPorts, runId: string): Promise<RunRecord> {
  const run = await ports.runs.get(runId);
  if (isFinal(run.status)) return run;
  try {
    return await finish(ports, run);
  } catch (error) {
    if (isAppError(error, "busy")) return again(ports, run, busyDelaySeconds);
    if (isAppError(error, "precondition_failed")) return again(ports, run, 0); // another champion to compare with
    if (!isAppError(error) || error.retryable) throw error;
    return failRun(ports, runId, error.message);
  }
}

async function again(ports: FinishTrainingPorts, run: RunRecord, delaySeconds: number): Promise<RunRecord> {
  await ports.queues.send(trainingQueues.finish, { runId: run.id }, { delaySeconds });
  return run;
}

async function finish(ports: FinishTrainingPorts, run: RunRecord): Promise<RunRecord> {
  const started = performance.now();
  const { encoded, ...trained } = await trainedRun(ports, run);
  const task = taskContext(trained, encoded);
  const known = await ports.runs.refit(run.id);
  const refit = known ?? (await refitBest(ports, trained, task));
  if (known === undefined && performance.now() - started > stepMs) return again(ports, run, 0);
  const { signature, behaviour } = await proof(ports, trained, refit);
  const checks = [...(await ports.runs.dataChecks(run.id)), ...behaviour];
  const champion = await ports.registry.alias(trained.usecase.spec.name, "champion");
  const evaluation = await evaluate(ports, trained, task, refit, champion);
  if (evaluation === undefined) return again(ports, run, 0);
  return publishVersion(ports, { ...trained, refit, signature, champion, evaluation, checks });
}

/** What the trials left, and the prepared rows as worker threads take them. */
async function trainedRun(
  { usecases, runs }: FinishTrainingPorts,
  run: RunRecord,
): Promise<TrainedRun & { encoded: Uint8Array }> {
  const usecase = usecases.get(run.usecase);
  if (usecase === undefined) throw new AppError("not_found", `the use case "${run.usecase}" no longer exists`);
  const plan = await runs.plan(run.id);
  const encoded = await runs.prepared(run.id);
  const results = await runs.trials(plan.runId);
  return { run, usecase, plan, encoded, prepared: decodePrepared(encoded), results, best: selected(results, usecase) };
}

function taskContext({ usecase: { spec }, plan }: TrainedRun, prepared: Uint8Array): TaskContext {
  const { decisionThreshold, classWeights } = spec;
  return { prepared, seed: plan.seed, metric: spec.selection.metric, decisionThreshold, classWeights };
}

async function refitBest(
  { workers, runs }: FinishTrainingPorts,
  { run, usecase, best }: TrainedRun,
  context: TaskContext,
): Promise<Refit> {
  const features = declaredFeatures(usecase.spec);
  const { entity } = usecase.spec;
  const refit = await workers.run({ kind: "refit", ...context, trial: best, features, entity }, refitLimitMs);
  return runs.saveRefit(run.id, refit);
}

/** The hold-out's verdict; undefined where it needs another step. */
async function evaluate(
  ports: FinishTrainingPorts,
  { run, usecase, prepared }: TrainedRun,
  context: TaskContext,
  refit: Refit,
  champion: AliasState | undefined,
): Promise<EvaluateOutcome | undefined> {
  const { baselines, gates, evaluation, time } = usecase.spec;
  const { confidence, bootstrapSamples, blockDays } = gates;
  const task: EvaluateTask = {
    kind: "evaluate",
    ...context,
    predictions: refit.holdoutPredictions,
    baselines,
    champion: champion && (await championPredictions(ports, usecase, prepared, champion)),
    confidence,
    bootstrapSamples,
    blockDays,
    evaluation,
    time,
  };
  const place = { runId: run.id, folder: `evaluation/${usecase.hash.slice(0, 16)}` };
  return evaluateInSteps({ results: ports.runs.results, workers: ports.workers }, place, task);
}

/** The trial of the last complete rung that the selection rule takes. */
function selected(results: TrialResult[], { spec }: Usecase): TrialResult {
  const lastRung = Math.max(...results.map(({ rung }) => rung));
  const inLast = results.filter(({ rung }) => rung === lastRung);
  const best = selectTrial(inLast, spec.selection.metric, spec.search);
  if (best) return best;
  const reasons = [...new Set(inLast.map(({ learner, failure }) => `${learner}: ${failure}`))];
  throw new AppError("rejected", `no trial could be scored; ${reasons.slice(0, 3).join("; ")}`);
}

/** The graph proved and its behaviour checked: kept, so that a run that needs more steps does it once. */
async function proof(ports: FinishTrainingPorts, { run, usecase, prepared }: TrainedRun, refit: Refit): Promise<Proof> {
  const path = `refit/proof-${usecase.hash.slice(0, 16)}.json`;
  const kept = await ports.runs.results.readAs(proofDocument, run.id, path);
  if (kept !== undefined) return kept;
  const signature = await proveGraph(ports.servingRuntime, usecase, prepared, refit);
  const behaviour = await checkModel(ports.servingRuntime, usecase, prepared, { onnx: refit.onnx, signature });
  const found = { signature, behaviour };
  await ports.runs.results.keep(run.id, { [path]: documentText(proofDocument, found) });
  return found;
}

/** What the champion predicts for the same hold-out rows; undefined where its classes or features differ. */
async function championPredictions(
  ports: FinishTrainingPorts,
  { spec }: Usecase,
  prepared: PreparedData,
  { version }: AliasState,
) {
  const champion = await ports.loader.acquire(spec.name, String(version));
  try {
    const { signature } = champion.version;
    if (!isComparable(signature, spec, prepared)) return undefined;
    const { predictions } = await predictTable(champion.runtime, signature, holdoutTable(prepared));
    return { name: championName, version, predictions };
  } finally {
    champion.release();
  }
}

function isComparable(signature: ModelSignature, spec: Usecase["spec"], { task, classes }: PreparedData): boolean {
  const features = new Set(spec.features);
  const speaksOfTheSame =
    task === "regression"
      ? signature.valueOutput !== undefined
      : signature.probabilityOutput !== undefined && signature.classes?.join("\n") === classes.join("\n");
  return speaksOfTheSame && signature.features.every(({ name }) => features.has(name));
}
