import { describeData } from "../data/describeData";
import { documentText } from "../documents";
import { explanationSample } from "../explain/explanationSample";
import { sampleDocument } from "../explain/sampleDocument";
import { sha256Of, writeHashed } from "../ledger/verifiedBlobs";
import type { BlobStore } from "../ports";
import type { SearchDescription, VersionDetails, VersionLineage } from "../registry/modelVersion";
import type { FinishedRun } from "./finishedRun";
import { judge } from "./gate";
import { runsContainer } from "./runDocuments";
import { preparedParquet, trainingProfileBlob } from "./runStore";
import { specBlob } from "./usecaseArchive";

export interface VersionDetailsPorts {
  blobs: BlobStore;
  codeRevision: string;
  /** versions of what trains */
  environment: Record<string, string>;
}

/**
 * Everything that is known about a version that a run has trained, with the gate's verdict; keeps the documents that it
 * rests on.
 */
export async function versionDetails(
  ports: VersionDetailsPorts,
  finished: FinishedRun,
  withdrawnData: readonly string[],
): Promise<VersionDetails> {
  const { usecase, plan, prepared, best, signature, evaluation, checks } = finished;
  const { spec } = usecase;
  const metric = spec.selection.metric;
  const { metrics, baselines, differences, intervals, resampling, curves, valueCurves, slices, saving } = evaluation;
  const { paths, hashes } = await keepDocuments(ports, finished);
  const evidence = { ...finished, metric, holdoutRows: prepared.holdoutRows.length, withdrawnData };
  return {
    signature,
    learner: best.learner,
    parameters: best.parameters,
    seed: plan.seed,
    selectionMetric: metric,
    metrics,
    baselines,
    differences,
    checks,
    intervals,
    resampling,
    curves,
    valueCurves,
    slices,
    saving,
    gate: judge(evidence, spec.gates),
    trainingProfile: paths.trainingProfile,
    ...(paths.reference !== undefined && { reference: paths.reference }),
    background: paths.background,
    documents: hashes,
    data: describeData(prepared, spec),
    search: searchOf(finished),
    environment: ports.environment,
    lineage: lineageOf(ports, finished, paths),
  };
}

/** Paths of the stored documents that a version rests on. */
interface DocumentPaths {
  background: string;
  trainingProfile: string;
  reference?: string;
  preparedRows: string;
  usecaseSpec?: string;
}

/** Keeps what is not stored yet; gives the paths of all, and the hashes by path. */
async function keepDocuments(ports: VersionDetailsPorts, finished: FinishedRun) {
  const { run, usecase, plan, refit } = finished;
  const place = { container: runsContainer, name: `${run.id}/explanation-sample.json` };
  const sample = await writeHashed(ports.blobs, place, sampleOf(finished));
  const referencePlace = { container: runsContainer, name: `${run.id}/monitoring-reference.json` };
  const reference =
    refit.reference === undefined ? undefined : await writeHashed(ports.blobs, referencePlace, refit.reference);
  const paths: DocumentPaths = {
    background: `${runsContainer}/${sample.name}`,
    trainingProfile: `${runsContainer}/${trainingProfileBlob(run.id)}`,
    ...(reference && { reference: `${runsContainer}/${reference.name}` }),
    preparedRows: `${runsContainer}/${preparedParquet(run.id)}`,
    usecaseSpec: run.usecaseHash && specBlob(usecase.spec.name, run.usecaseHash),
  };
  // under a name to point to
  await ports.blobs.write(runsContainer, trainingProfileBlob(run.id), refit.trainingProfile);
  const hashes: Record<string, string> = {
    [paths.background]: sample.sha256,
    [paths.trainingProfile]: await sha256Of(Buffer.from(refit.trainingProfile)),
    ...(paths.reference !== undefined && reference && { [paths.reference]: reference.sha256 }),
    ...(plan.documents && { [paths.preparedRows]: plan.documents.parquet }),
    ...(plan.documents && paths.usecaseSpec && { [paths.usecaseSpec]: plan.documents.spec }),
  };
  return { paths, hashes };
}

/** JSON of the rows that explanations of the version are made with. */
function sampleOf({ prepared, plan, usecase }: FinishedRun): string {
  const { decisionThreshold, selection } = usecase.spec;
  const options = { seed: plan.seed, metric: selection.metric, decisionThreshold };
  return documentText(sampleDocument, explanationSample(prepared, options));
}

function searchOf({ usecase, results, best }: FinishedRun): SearchDescription {
  return {
    kind: usecase.spec.search.kind,
    trials: results.length,
    failedTrials: results.filter(({ failure }) => failure !== undefined).length,
    foldScores: best.foldScores,
    mean: best.mean,
    standardError: best.standardError,
    fitSeconds: best.seconds,
  };
}

function lineageOf(
  { codeRevision }: VersionDetailsPorts,
  { run, usecase }: FinishedRun,
  { usecaseSpec, preparedRows }: DocumentPaths,
): VersionLineage {
  return {
    source: "training",
    runId: run.id,
    usecase: usecase.spec.name,
    usecaseHash: run.usecaseHash,
    usecaseSpec,
    datasetVersions: run.datasetVersions,
    preparedRows,
    codeRevision,
  };
}
