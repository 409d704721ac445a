import type { AlertStore } from "../alerts/alertStore";
import { blockingFailures, type CheckResult } from "../data/checkResult";
import type { DatasetRegistry } from "../data/datasetRegistry";
import { describeData } from "../data/describeData";
import type { PreparedData } from "../data/preparedData";
import { AppError } from "../errors";
import { explanationSample } from "../explain/explanationSample";
import { keepDocument, sha256Of } from "../ledger/verifiedBlobs";
import type { ModelSignature } from "../onnx/signature";
import type { BlobStore, Clock, Telemetry } from "../ports";
import type { AliasState } from "../registry/aliasPointers";
import type { ModelRegistry } from "../registry/modelRegistry";
import type { VersionDetails } from "../registry/modelVersion";
import { telemetryEvents } from "../telemetryNames";
import type { Usecase } from "../usecase/loadUsecases";
import { runFailedRule } from "./failRun";
import { judge } from "./gate";
import { runsContainer } from "./runDocuments";
import { isFinal, type RunRecord, type TrainingPlan, type TrialResult } from "./runRecord";
import { preparedParquet, type Refit, type RunStore, trainingProfileBlob } from "./runStore";
import { specBlob } from "./usecaseArchive";
import type { EvaluateOutcome } from "./workerTasks";

export interface PublishPorts {
  runs: RunStore;
  datasets: DatasetRegistry;
  registry: ModelRegistry;
  alerts: AlertStore;
  blobs: BlobStore;
  clock: Clock;
  telemetry: Telemetry;
  codeRevision: string;
  /** versions of what trains */
  environment: Record<string, string>;
}

/** Everything that a run's last step has found out. */
export interface Finished {
  run: RunRecord;
  usecase: Usecase;
  plan: TrainingPlan;
  prepared: PreparedData;
  best: TrialResult;
  refit: Refit;
  signature: ModelSignature;
  /** the champion that the evaluation compared with */
  champion?: AliasState;
  evaluation: EvaluateOutcome;
  results: TrialResult[];
  checks: CheckResult[];
}

/**
 * Registers the version with everything known about it, moves the alias where the gate says so, and ends the run. AppError
 * precondition_failed, before anything is written, when the champion is no longer the one that the version was compared with.
 */
export async function publishVersion(ports: PublishPorts, finished: Finished): Promise<RunRecord> {
  const { run, usecase, refit, champion } = finished;
  const model = usecase.spec.name;
  const current = await ports.runs.get(run.id);
  if (isFinal(current.status)) return current; // cancelled while it was judged
  if ((await ports.registry.alias(model, "champion"))?.etag !== champion?.etag)
    throw new AppError("precondition_failed", `the champion of ${model} was moved during the comparison`);
  const details = await describe(ports, finished, await withdrawnData(ports, run));
  const actor = `run ${run.id}`;
  const { version } = await ports.registry.register({ model, bytes: refit.onnx, details, operation: run.id, actor });
  if (details.gate.decision === "promoted" && version > (champion?.version ?? 0))
    await ports.registry.moveAlias({
      model,
      alias: "champion",
      version,
      etag: champion?.etag ?? null,
      operation: run.id,
      actor,
      reason: details.gate.reasons.join("; "),
    });
  // read back: after a crash in between, the first attempt's verdict is the one that counts
  const { gate, lineage } = await ports.registry.version(model, version);
  const now = await ports.registry.alias(model, "champion");
  const promoted = now?.version === version && now.operation === run.id; // by this run, also before a crash
  const isNew = lineage.runId === run.id;
  // where the champion was moved or pinned since, the later verdict tells why this version is not it
  const verdict = gate.decision === "promoted" && !promoted ? details.gate : gate;
  const finishedAt = ports.clock.now().toISOString();
  const ended = await ports.runs.update(run.id, {
    status: isNew ? "succeeded" : "unchanged",
    finishedAt,
    version,
    promoted,
    message: isNew ? verdict.reasons.join("; ") : `training gave version ${version} again, byte for byte`,
  });
  if (ended.finishedAt === finishedAt) announce(ports, ended, finished);
  await ports.alerts.resolve(model, runFailedRule);
  return ended;
}

/** JSON of the rows that explanations of the version are made with. */
function sampleOf({ prepared, plan, usecase }: Finished): string {
  const { decisionThreshold, selection } = usecase.spec;
  return JSON.stringify(explanationSample(prepared, { seed: plan.seed, metric: selection.metric, decisionThreshold }));
}

function announce(ports: PublishPorts, run: RunRecord, { evaluation, best }: Finished): void {
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

/** Sentences about datasets that the run has learnt from and that were withdrawn while it trained. */
async function withdrawnData({ datasets }: PublishPorts, { usecase, datasetVersions }: RunRecord): Promise<string[]> {
  const learnt = new Set(datasetVersions);
  const versions = (await datasets.versions(usecase)).filter(({ version }) => learnt.has(version));
  return versions.flatMap(({ version, withdrawn }) =>
    withdrawn
      ? [`dataset version ${version}, which it learnt from, was withdrawn by ${withdrawn.by}: ${withdrawn.reason}`]
      : [],
  );
}

/** Paths of the stored documents that a version rests on, with their hashes. */
async function documentsOf(ports: PublishPorts, finished: Finished) {
  const { run, usecase, plan, refit } = finished;
  const sample = `${run.id}/explanation-sample.json`;
  const place = { container: runsContainer, name: sample };
  const background = `${runsContainer}/${sample}`;
  const trainingProfile = `${runsContainer}/${trainingProfileBlob(run.id)}`;
  await ports.blobs.write(runsContainer, trainingProfileBlob(run.id), refit.trainingProfile); // under a name to point to
  const preparedRows = `${runsContainer}/${preparedParquet(run.id)}`;
  const usecaseSpec = run.usecaseHash && specBlob(usecase.spec.name, run.usecaseHash);
  const documents: Record<string, string> = {
    [background]: await keepDocument(ports.blobs, place, sampleOf(finished)),
    [trainingProfile]: await sha256Of(Buffer.from(refit.trainingProfile)),
    ...(plan.documents && { [preparedRows]: plan.documents.parquet }),
    ...(plan.documents && usecaseSpec && { [usecaseSpec]: plan.documents.spec }),
  };
  return { background, trainingProfile, preparedRows, usecaseSpec, documents };
}

async function describe(
  ports: PublishPorts,
  finished: Finished,
  withdrawn: readonly string[],
): Promise<VersionDetails> {
  const { background, trainingProfile, preparedRows, usecaseSpec, documents } = await documentsOf(ports, finished);
  const { run, usecase, plan, prepared, best, signature, champion, evaluation, results, checks } = finished;
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
      champion: champion?.version,
      pin: champion?.pin,
      failedChecks: [...withdrawn, ...blockingFailures(checks)],
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
    resampling: evaluation.resampling,
    curves: evaluation.curves,
    valueCurves: evaluation.valueCurves,
    slices: evaluation.slices,
    saving: evaluation.saving,
    gate,
    trainingProfile,
    background,
    documents,
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
      usecaseSpec,
      datasetVersions: run.datasetVersions,
      preparedRows,
      codeRevision: ports.codeRevision,
    },
  };
}
