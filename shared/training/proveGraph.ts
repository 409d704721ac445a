import type { PreparedData } from "../data/preparedData";
import { AppError } from "../errors";
import { decidedClasses } from "../evaluation/classifierOutput";
import { type FeatureTable, selectRows } from "../featureTable";
import { type DeclaredFeature, type ModelSignature, readSignature } from "../onnx/signature";
import type { ModelRuntime } from "../ports";
import { predictTable, type TablePredictions } from "../serving/predictTable";
import { declaredFeatures } from "../usecase/declaredFeatures";
import type { Usecase } from "../usecase/loadUsecases";
import type { UsecaseSpec } from "../usecase/usecaseSpec";
import { proveGuard } from "./proveGuard";

/**
 * Predictions of the graph and of the trainer may differ by this much on any hold-out row; numbers, by this share of
 * the largest.
 */
const parityTolerance = 1e-6;

/** with more levels than this an unknown one is not worth a warning */
const maxLevels = 1000;

/**
 * Runs the graph on every hold-out row and compares it with the trainer, and proves what it takes as missing; AppError
 * rejected when they differ. Gives the signature.
 */
export async function proveGraph(
  runtime: ModelRuntime,
  { spec }: Usecase,
  prepared: PreparedData,
  refit: { onnx: Uint8Array; holdoutPredictions: Float64Array },
): Promise<ModelSignature> {
  const model = await runtime.load(refit.onnx);
  try {
    const classes = prepared.task === "classification" ? prepared.classes : undefined;
    const signature = readSignature(model, knownFeatures(spec, prepared), classes);
    const holdout = holdoutTable(prepared);
    const graph = await predictTable(model, signature, holdout);
    checkPredictions(graph.predictions, refit.holdoutPredictions, prepared);
    if (prepared.task === "classification") checkLabels(graph, prepared, spec.decisionThreshold);
    await proveGuard((table) => predictTable(model, signature, table), holdout, signature.features);
    return signature;
  } finally {
    await model.release();
  }
}

/** The declared features, with the texts that training rows held. */
function knownFeatures(spec: UsecaseSpec, { table }: PreparedData): DeclaredFeature[] {
  const levels = new Map(table.categories.map((column) => [column.name, column.levels]));
  return declaredFeatures(spec).map((feature) => {
    const known = levels.get(feature.name);
    if (feature.domain === undefined || known === undefined || known.length > maxLevels) return feature;
    return { ...feature, domain: { ...feature.domain, levels: [...known] } };
  });
}

/** The hold-out rows of prepared data, as a table. */
export function holdoutTable(prepared: PreparedData): FeatureTable {
  return selectRows(prepared.table, prepared.holdoutRows);
}

function checkPredictions(graph: Float64Array, trained: Float64Array, { task }: PreparedData): void {
  const largest = trained.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const allowed = task === "regression" ? parityTolerance * largest : parityTolerance;
  let worst = 0;
  for (let i = 0; i < trained.length; i++) worst = Math.max(worst, Math.abs(graph[i] - trained[i]));
  if (!(worst <= allowed))
    throw new AppError(
      "rejected",
      `the ONNX graph's predictions differ from the trainer's by up to ${worst}; at most ${allowed} is allowed`,
    );
}

/** What the graph decides must be what its probabilities say. */
function checkLabels(graph: TablePredictions, prepared: PreparedData, decisionThreshold: number): void {
  const { classes, positiveIndex } = prepared;
  const { predictions: probabilities, labels } = graph;
  const target = new Int32Array(labels.length); // only its length counts
  const decided = decidedClasses({ classes, positiveIndex, decisionThreshold, target, probabilities });
  const row = labels.findIndex((label, at) => label !== classes[decided[at]]);
  if (row >= 0)
    throw new AppError("rejected", `the ONNX graph's label disagrees with its probabilities on hold-out row ${row}`);
}
