import type { CheckResult } from "../data/checkResult";
import { decodePrepared, type PreparedData } from "../data/preparedData";
import { AppError, isAppError } from "../errors";
import type { ModelSignature } from "../onnx/signature";
import type { ModelRuntime, QueueSender } from "../ports";
import type { AliasState } from "../registry/aliasPointers";
import type { ModelLoader } from "../serving/loader";
import { predictTable } from "../serving/predictTable";
import { declaredFeatures } from "../usecase/declaredFeatures";
import type { Usecase } from "../usecase/loadUsecases";
import { checkModel } from "./checkModel";
import { evaluateInSteps } from "./evaluationSteps";
import { type FailRunPorts, failRun } from "./failRun";
import { championName } from "./gate";
import { holdoutTable, proveGraph } from "./proveGraph";
import { type PublishPorts, publishVersion } from "./publishVersion";
import { isFinal, type RunRecord, type TrialResult, trainingQueues } from "./runRecord";
import type { Refit } from "./runStore";
import { selectTrial } from "./selectTrial";
import type { WorkerPool } from "./workerPool";

export interface FinishTrainingPorts extends PublishPorts, FailRunPorts {
  usecases: Map<string, Usecase>;
  loader: ModelLoader;
  servingRuntime: ModelRuntime;
  workers: WorkerPool;
  queues: QueueSender;
}

interface Proof {
  signature: ModelSignature;
  behaviour: CheckResult[];
}

/** the rest of the work goes into a step of its own when the refit took longer, so that each stays below two minutes */
const stepMs = 25_000;
/** of processor time */
const refitLimitMs = 90_000;
const busyDelaySeconds = 5;

/**
 * Last step of a run: refits the best trial, proves the graph, judges it on the hold-out, registers and gates it; safe to repeat. After a
 * long refit, or where every thread is busy, it queues itself again and gives the run as it stands.
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
  const usecase = ports.usecases.get(run.usecase);
  if (usecase === undefined) throw new AppError("not_found", `there is no use case "${run.usecase}" any more`);
  const { spec } = usecase;
  const plan = await ports.runs.plan(run.id);
  const encoded = await ports.runs.prepared(run.id);
  const prepared = decodePrepared(encoded);
  const results = await ports.runs.trials(plan.runId);
  const best = selected(results, usecase);
  const context = {
    prepared: encoded,
    seed: plan.seed,
    metric: spec.selection.metric,
    decisionThreshold: spec.decisionThreshold,
    classWeights: spec.classWeights,
  };
  let refit = await ports.runs.refit(run.id);
  if (refit === undefined) {
    const features = declaredFeatures(spec);
    refit = await ports.workers.run({ kind: "refit", ...context, trial: best, features }, refitLimitMs);
    refit = await ports.runs.saveRefit(run.id, refit);
    if (performance.now() - started > stepMs) return again(ports, run, 0);
  }
  const { signature, behaviour } = await proof(ports, run, usecase, prepared, refit);
  const checks = [...(await ports.runs.dataChecks(run.id)), ...behaviour];
  const champion = await ports.registry.alias(spec.name, "champion");
  const evaluate = {
    kind: "evaluate" as const,
    ...context,
    predictions: refit.holdoutPredictions,
    baselines: spec.baselines,
    champion: champion && (await championPredictions(ports, usecase, prepared, champion)),
    confidence: spec.gates.confidence,
    bootstrapSamples: spec.gates.bootstrapSamples,
    blockDays: spec.gates.blockDays,
    evaluation: spec.evaluation,
    time: spec.time,
  };
  const evaluation = await evaluateInSteps(
    { results: ports.runs.results, workers: ports.workers },
    { runId: run.id, folder: `evaluation/${usecase.hash.slice(0, 16)}` },
    evaluate,
  );
  if (evaluation === undefined) return again(ports, run, 0);
  return publishVersion(ports, {
    run,
    usecase,
    plan,
    prepared,
    best,
    refit,
    signature,
    champion,
    evaluation,
    results,
    checks,
  });
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
async function proof(
  ports: FinishTrainingPorts,
  run: RunRecord,
  usecase: Usecase,
  prepared: PreparedData,
  refit: Refit,
): Promise<Proof> {
  const path = `refit/proof-${usecase.hash.slice(0, 16)}.json`;
  const kept = await ports.runs.results.readJson<Proof>(run.id, path);
  if (kept !== undefined) return kept;
  const signature = await proveGraph(ports.servingRuntime, usecase, prepared, refit);
  const behaviour = await checkModel(ports.servingRuntime, usecase, prepared, { onnx: refit.onnx, signature });
  await ports.runs.results.keep(run.id, { [path]: JSON.stringify({ signature, behaviour }) });
  return { signature, behaviour };
}

/** What the champion says on the same hold-out rows; undefined where it speaks of other classes or features. */
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
