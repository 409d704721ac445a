import { type FeatureTable, selectRows } from "../data/featureTable";
import { decodePrepared, type PreparedData } from "../data/preparedData";
import { AppError, isAppError } from "../errors";
import { championName, judge } from "../governance/gate";
import type { ModelLoader } from "../onnx/loader";
import { type ModelSignature, readSignature } from "../onnx/signature";
import type { BlobStore, Clock, ModelRuntime, Telemetry } from "../ports";
import type { ModelRegistry } from "../registry/modelRegistry";
import type { VersionDetails } from "../registry/modelVersion";
import { predictTable, type TablePredictions } from "../scoring/predictTable";
import { telemetryEvents } from "../telemetryNames";
import { declaredFeatures } from "../usecase/declaredFeatures";
import type { Usecase } from "../usecase/loadUsecases";
import { failRun } from "./planTraining";
import { isFinal, type RunRecord, type TrainingPlan, type TrialResult } from "./runRecord";
import { type RunStore, runsContainer } from "./runStore";
import { selectTrial } from "./selectTrial";
import type { WorkerPool } from "./workerPool";
import type { EvaluateOutcome, RefitOutcome } from "./workerTasks";

export interface FinishTrainingPorts {
  usecases: Map<string, Usecase>;
  runs: RunStore;
  registry: ModelRegistry;
  loader: ModelLoader;
  runtime: ModelRuntime;
  workers: WorkerPool;
  blobs: BlobStore;
  clock: Clock;
  telemetry: Telemetry;
  codeRevision: string;
}

/** Probabilities of the graph and of the trainer may differ by this much on any hold-out row. */
const parityTolerance = 1e-6;

/** Last step of a run: refits the best trial, proves the graph, judges it on the hold-out, registers and gates it; safe to repeat. */
export async function finishTraining(ports: FinishTrainingPorts, runId: string): Promise<RunRecord> {
  const run = await ports.runs.get(runId);
  if (isFinal(run.status)) return run;
  try {
    return await finish(ports, run);
  } catch (error) {
    if (!isAppError(error) || error.retryable) throw error;
    return failRun(ports, runId, error.message);
  }
}

async function finish(ports: FinishTrainingPorts, run: RunRecord): Promise<RunRecord> {
  const usecase = ports.usecases.get(run.usecase);
  if (usecase === undefined) throw new AppError("not_found", `there is no use case "${run.usecase}" any more`);
  const plan = await ports.runs.plan(run.id);
  const encoded = await ports.runs.prepared(run.id);
  const prepared = decodePrepared(encoded);
  const best = selectTrial(await ports.runs.trials(run.id), usecase.spec.selection.metric);
  const context = {
    prepared: encoded,
    seed: plan.seed,
    metric: usecase.spec.selection.metric,
    decisionThreshold: usecase.spec.decisionThreshold,
  };
  const refit = await ports.workers.run({ kind: "refit", ...context, trial: best });
  const signature = await proveGraph(ports.runtime, usecase, prepared, refit);
  const champion = await championProbabilities(ports, usecase, prepared);
  const evaluation = await ports.workers.run({
    kind: "evaluate",
    ...context,
    probabilities: refit.holdoutProbabilities,
    baselines: usecase.spec.baselines,
    champion,
    confidence: usecase.spec.gates.confidence,
    bootstrapSamples: usecase.spec.gates.bootstrapSamples,
    evaluation: usecase.spec.evaluation,
    time: usecase.spec.time,
  });
  return publish(ports, { run, usecase, plan, prepared, best, refit, signature, evaluation });
}

interface Finished {
  run: RunRecord;
  usecase: Usecase;
  plan: TrainingPlan;
  prepared: PreparedData;
  best: TrialResult;
  refit: RefitOutcome;
  signature: ModelSignature;
  evaluation: EvaluateOutcome;
}

/** Runs the graph on every hold-out row and compares it with the trainer; a difference fails the run. */
async function proveGraph(
  runtime: ModelRuntime,
  { spec }: Usecase,
  prepared: PreparedData,
  refit: RefitOutcome,
): Promise<ModelSignature> {
  const model = await runtime.load(refit.onnx);
  try {
    const signature = readSignature(model, declaredFeatures(spec), prepared.classes);
    const graph = await predictTable(model, signature, holdoutTable(prepared));
    checkParity(graph, refit.holdoutProbabilities, prepared, spec.decisionThreshold);
    return signature;
  } finally {
    await model.release();
  }
}

/** Both what the graph computes (within a tolerance) and what it decides (exactly) must be what was trained. */
function checkParity(graph: TablePredictions, trained: Float64Array, prepared: PreparedData, threshold: number): void {
  let worst = 0;
  for (let i = 0; i < trained.length; i++) worst = Math.max(worst, Math.abs(graph.probabilities[i] - trained[i]));
  if (!(worst <= parityTolerance))
    throw new AppError(
      "rejected",
      `the ONNX graph's probabilities differ from the trainer's by up to ${worst}; at most ${parityTolerance} is allowed`,
    );
  const { classes, positiveIndex } = prepared;
  for (let row = 0; row < graph.labels.length; row++) {
    const scores = graph.probabilities.subarray(row * classes.length, (row + 1) * classes.length);
    const decided = decide(scores, Math.fround(threshold), positiveIndex);
    if (graph.labels[row] !== classes[decided])
      throw new AppError("rejected", `the ONNX graph's label disagrees with its probabilities on hold-out row ${row}`);
  }
}

function decide(scores: Float64Array, threshold: number, positiveIndex?: number): number {
  if (scores.length === 2 && positiveIndex !== undefined)
    return scores[positiveIndex] >= threshold ? positiveIndex : 1 - positiveIndex;
  let best = 0;
  for (let i = 1; i < scores.length; i++) if (scores[i] > scores[best]) best = i;
  return best;
}

function holdoutTable(prepared: PreparedData): FeatureTable {
  return selectRows(prepared.table, prepared.holdoutRows);
}

/** What the champion says on the same hold-out rows; undefined without a champion. */
async function championProbabilities(ports: FinishTrainingPorts, { spec }: Usecase, prepared: PreparedData) {
  const alias = await ports.registry.alias(spec.name, "champion");
  if (alias === undefined) return undefined;
  const champion = await ports.loader.acquire(spec.name, String(alias.version));
  try {
    const { signature } = champion.version;
    if (!isComparable(signature, spec, prepared.classes)) return undefined;
    const { probabilities } = await predictTable(champion.runtime, signature, holdoutTable(prepared));
    return { name: championName, probabilities };
  } finally {
    champion.release();
  }
}

function isComparable(signature: ModelSignature, spec: Usecase["spec"], classes: string[]): boolean {
  const features = new Set(spec.features);
  return (
    signature.classes?.join("\n") === classes.join("\n") && signature.features.every(({ name }) => features.has(name))
  );
}

/** Registers the version with everything known about it, moves the alias where the gate says so, and ends the run. */
async function publish(ports: FinishTrainingPorts, finished: Finished): Promise<RunRecord> {
  const { run, usecase, refit } = finished;
  const model = usecase.spec.name;
  const trainingProfile = `${run.id}/training-profile.json`;
  await ports.blobs.write(runsContainer, trainingProfile, refit.trainingProfile);
  const champion = await ports.registry.alias(model, "champion");
  const details = describe(ports, finished, `${runsContainer}/${trainingProfile}`, champion?.version);
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
  trainingProfile: string,
  champion?: number,
): VersionDetails {
  const { run, usecase, plan, prepared, best, signature, evaluation } = finished;
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
    intervals: evaluation.intervals,
    curves: evaluation.curves,
    slices: evaluation.slices,
    saving: evaluation.saving,
    gate,
    trainingProfile,
    lineage: {
      source: "training",
      runId: run.id,
      usecase: spec.name,
      usecaseHash: run.usecaseHash,
      datasetVersions: run.datasetVersions,
      preparedRows: `${runsContainer}/${run.id}/prepared.bin`,
      codeRevision: ports.codeRevision,
    },
  };
}
