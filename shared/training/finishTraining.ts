import { blockingFailures } from "../checks/checkResult";
import { decodePrepared, type PreparedData } from "../data/preparedData";
import { AppError, isAppError } from "../errors";
import { explanationSample } from "../explain/explanationSample";
import { championName, judge } from "../governance/gate";
import type { ModelLoader } from "../onnx/loader";
import type { ModelSignature } from "../onnx/signature";
import type { BlobStore, Clock, ModelRuntime, QueueSender, Telemetry } from "../ports";
import type { ModelRegistry } from "../registry/modelRegistry";
import type { CheckResult, VersionDetails } from "../registry/modelVersion";
import { predictTable } from "../scoring/predictTable";
import { telemetryEvents } from "../telemetryNames";
import type { Usecase } from "../usecase/loadUsecases";
import { checkModel } from "./checkModel";
import { describeData } from "./describeData";
import { failRun } from "./planTraining";
import { holdoutTable, proveGraph } from "./proveGraph";
import { isFinal, type RunRecord, type TrainingPlan, type TrialResult, trainingQueues } from "./runRecord";
import { preparedParquet, type Refit, type RunStore, runsContainer, trainingProfileBlob } from "./runStore";
import { selectTrial } from "./selectTrial";
import { WorkerBusy, type WorkerPool, WorkerTimeout } from "./workerPool";
import type { EvaluateOutcome } from "./workerTasks";

export interface FinishTrainingPorts {
  usecases: Map<string, Usecase>;
  runs: RunStore;
  registry: ModelRegistry;
  loader: ModelLoader;
  runtime: ModelRuntime;
  workers: WorkerPool;
  queues: QueueSender;
  blobs: BlobStore;
  clock: Clock;
  telemetry: Telemetry;
  codeRevision: string;
  /** versions of what trains */
  environment: Record<string, string>;
}

/** the rest of the work goes into a step of its own when the refit took longer, so that each stays below two minutes */
const stepMs = 25_000;
const refitLimitMs = 90_000;
const evaluateLimitMs = 90_000;
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
    if (error instanceof WorkerBusy) return again(ports, run, busyDelaySeconds);
    if (error instanceof WorkerTimeout)
      return failRun(ports, runId, `${error.message}: lower the candidates' size (trees, rounds, rows)`);
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
    refit = await ports.workers.run({ kind: "refit", ...context, trial: best }, refitLimitMs);
    await ports.runs.saveRefit(run.id, refit);
    if (performance.now() - started > stepMs) return again(ports, run, 0);
  }
  const signature = await proveGraph(ports.runtime, usecase, prepared, refit);
  const behaviour = await checkModel(ports.runtime, usecase, prepared, { onnx: refit.onnx, signature });
  const checks = [...(await ports.runs.dataChecks(run.id)), ...behaviour];
  const champion = await championPredictions(ports, usecase, prepared);
  const evaluate = {
    kind: "evaluate" as const,
    ...context,
    predictions: refit.holdoutPredictions,
    baselines: spec.baselines,
    champion,
    confidence: spec.gates.confidence,
    bootstrapSamples: spec.gates.bootstrapSamples,
    evaluation: spec.evaluation,
    time: spec.time,
  };
  const evaluation = await ports.workers.run(evaluate, evaluateLimitMs);
  return publish(ports, { run, usecase, plan, prepared, best, refit, signature, evaluation, results, checks });
}

/** The trial of the last complete rung that the selection rule takes. */
function selected(results: TrialResult[], { spec }: Usecase): TrialResult {
  const lastRung = Math.max(...results.map(({ rung }) => rung));
  const inLast = results.filter(({ rung }) => rung === lastRung);
  const best = selectTrial(inLast, spec.selection.metric, spec.search.oneStandardError);
  if (best) return best;
  const reasons = [...new Set(inLast.map(({ learner, failure }) => `${learner}: ${failure}`))];
  throw new AppError("rejected", `no trial could be scored; ${reasons.slice(0, 3).join("; ")}`);
}

interface Finished {
  run: RunRecord;
  usecase: Usecase;
  plan: TrainingPlan;
  prepared: PreparedData;
  best: TrialResult;
  refit: Refit;
  signature: ModelSignature;
  evaluation: EvaluateOutcome;
  results: TrialResult[];
  checks: CheckResult[];
}

/** What the champion says on the same hold-out rows; undefined without a champion. */
async function championPredictions(ports: FinishTrainingPorts, { spec }: Usecase, prepared: PreparedData) {
  const alias = await ports.registry.alias(spec.name, "champion");
  if (alias === undefined) return undefined;
  const champion = await ports.loader.acquire(spec.name, String(alias.version));
  try {
    const { signature } = champion.version;
    if (!isComparable(signature, spec, prepared)) return undefined;
    const { predictions } = await predictTable(champion.runtime, signature, holdoutTable(prepared));
    return { name: championName, predictions };
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

/** Registers the version with everything known about it, moves the alias where the gate says so, and ends the run. */
async function publish(ports: FinishTrainingPorts, finished: Finished): Promise<RunRecord> {
  const { run, usecase, refit } = finished;
  const model = usecase.spec.name;
  const background = `${run.id}/explanation-sample.json`;
  await ports.blobs.write(runsContainer, background, sampleOf(finished));
  const champion = await ports.registry.alias(model, "champion");
  const details = describe(ports, finished, `${runsContainer}/${background}`, champion?.version);
  const actor = `run ${run.id}`;
  const { version } = await ports.registry.register({ model, bytes: refit.onnx, details, operation: run.id, actor });
  if (details.gate.decision === "promoted" && version > (champion?.version ?? 0))
    await ports.registry.moveAlias({
      model,
      alias: "champion",
      version,
      etag: champion?.etag,
      operation: run.id,
      actor,
      reason: details.gate.reasons.join("; "),
    });
  // read back: after a crash in between, the first attempt's verdict is the one that counts
  const { gate, lineage } = await ports.registry.version(model, version);
  const promoted = (await ports.registry.alias(model, "champion"))?.version === version;
  const isNew = lineage.runId === run.id;
  const finishedAt = ports.clock.now().toISOString();
  const ended = await ports.runs.update(run.id, {
    status: isNew ? "succeeded" : "unchanged",
    finishedAt,
    version,
    promoted,
    message: isNew ? gate.reasons.join("; ") : `training gave version ${version} again, byte for byte`,
  });
  if (ended.finishedAt === finishedAt) announce(ports, ended, finished);
  return ended;
}

/** JSON of the rows that explanations of the version are made with. */
function sampleOf({ prepared, plan, usecase }: Finished): string {
  const { decisionThreshold, selection } = usecase.spec;
  return JSON.stringify(explanationSample(prepared, { seed: plan.seed, metric: selection.metric, decisionThreshold }));
}

function announce(ports: FinishTrainingPorts, run: RunRecord, { evaluation, best }: Finished): void {
  const seconds = (Date.parse(run.finishedAt as string) - Date.parse(run.requestedAt)) / 1000;
  const { usecase, trigger, status } = run;
  ports.telemetry.event(
    telemetryEvents.runFinished,
    {
      usecase,
      runId: run.id,
      trigger,
      status,
      version: run.version ?? 0,
      promoted: run.promoted ?? false,
      learner: best.learner,
    },
    { seconds, selectionMetric: Number(evaluation.metrics[best.metric]) },
  );
}

function describe(
  ports: FinishTrainingPorts,
  finished: Finished,
  background: string,
  champion?: number,
): VersionDetails {
  const { run, usecase, plan, prepared, best, signature, evaluation, results, checks } = finished;
  const { spec } = usecase;
  const metric = spec.selection.metric;
  const gate = judge(
    {
      metric,
      value: Number(evaluation.metrics[metric]),
      baselines: Object.fromEntries(
        Object.entries(evaluation.baselines).map(([name, values]) => [name, Number(values[metric])]),
      ),
      differences: evaluation.differences,
      holdoutRows: prepared.holdoutRows.length,
      champion,
      failedChecks: blockingFailures(checks),
    },
    spec.gates,
  );
  return {
    signature,
    learner: best.learner,
    parameters: best.parameters,
    seed: plan.seed,
    selectionMetric: metric,
    metrics: evaluation.metrics,
    baselines: evaluation.baselines,
    differences: evaluation.differences,
    checks,
    intervals: evaluation.intervals,
    curves: evaluation.curves,
    slices: evaluation.slices,
    saving: evaluation.saving,
    gate,
    trainingProfile: `${runsContainer}/${trainingProfileBlob(run.id)}`,
    background,
    data: describeData(prepared, spec),
    search: {
      kind: spec.search.kind,
      trials: results.length,
      failedTrials: results.filter(({ failure }) => failure !== undefined).length,
      foldScores: best.foldScores,
      mean: best.mean,
      standardError: best.standardError,
      fitSeconds: best.seconds,
    },
    environment: ports.environment,
    lineage: {
      source: "training",
      runId: run.id,
      usecase: spec.name,
      usecaseHash: run.usecaseHash,
      datasetVersions: run.datasetVersions,
      preparedRows: `${runsContainer}/${preparedParquet(run.id)}`,
      codeRevision: ports.codeRevision,
    },
  };
}
