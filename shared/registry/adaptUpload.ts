import { AppError } from "../errors";
import { AdaptableGraph, mentionsZipMap } from "../onnx/adaptGraph";
import { type ModelLimits, refuseWideModel } from "../onnx/modelLimits";
import type { ModelRuntime, RuntimeModel, TensorInfo } from "../ports";
import type { UploadDescription } from "./uploadDescription";

/** An uploaded model as it will be served. */
export interface AdaptedUpload {
  bytes: Uint8Array;
  runtimeModel: RuntimeModel;
  /** of the probabilities' columns, where the file or its description tells them */
  classes?: string[];
  /** the label was put behind the probabilities: where they are none, the model is no classifier */
  labelAdded: boolean;
  /** sentences about what was changed */
  changes: string[];
}

type Adapting = Omit<AdaptedUpload, "runtimeModel">;

/**
 * Loads a model and brings it into the form that is served: a ZipMap is taken off, a softmax put behind logits, and a label behind
 * probabilities that have none. `known` are the classes of the use case. AppError rejected says what is lacking.
 */
export async function adaptUpload(
  { runtime, modelLimits }: { runtime: ModelRuntime; modelLimits: ModelLimits },
  uploaded: Uint8Array,
  description: UploadDescription | undefined,
  known: string[] | undefined,
): Promise<AdaptedUpload> {
  const first = withoutZipMap(uploaded, description);
  const runtimeModel = await runtime.load(first.bytes);
  let adapted: Adapting | undefined;
  try {
    refuseWideModel(runtimeModel, modelLimits);
    adapted = withClasses(first, runtimeModel, description, known);
    if (adapted.bytes === first.bytes) return { ...adapted, runtimeModel };
  } finally {
    if (adapted?.bytes !== first.bytes) await runtimeModel.release();
  }
  return { ...adapted, runtimeModel: await runtime.load(adapted.bytes) };
}

function withoutZipMap(uploaded: Uint8Array, description: UploadDescription | undefined): Adapting {
  const found: Adapting = { bytes: uploaded, classes: description?.classes, labelAdded: false, changes: [] };
  if (!mentionsZipMap(uploaded)) return found;
  const graph = new AdaptableGraph(uploaded);
  const zipMap = graph.takeOffZipMap();
  if (zipMap === undefined) return found;
  const { output, classes } = zipMap;
  if (description?.classes && description.classes.join("\n") !== classes.join("\n"))
    throw new AppError("rejected", "the model's ZipMap names other classes, or another order, than its description");
  return { ...found, bytes: graph.toBytes(), classes, changes: [`a ZipMap was taken off: "${output}" is the output`] };
}

function withClasses(
  found: Adapting,
  { outputs }: RuntimeModel,
  description: UploadDescription | undefined,
  known: string[] | undefined,
): Adapting {
  const isLabel = ({ datatype }: TensorInfo) => datatype === "BYTES" || datatype === "INT64" || datatype === "INT32";
  const scores = outputs.find(({ datatype }) => datatype === "FP32" || datatype === "FP64");
  const hasLabel = outputs.some(isLabel);
  const isDescribed = description?.output !== undefined || description?.classes !== undefined;
  const width = scores?.shape.length === 2 ? scores.shape[1] : 1;
  const isClassifier = scores !== undefined && (isDescribed || (!hasLabel && width >= 2));
  if (description === undefined && (!isClassifier || hasLabel)) return found;
  const graph = new AdaptableGraph(found.bytes);
  const changes = [...found.changes];
  if (description) graph.describe(JSON.stringify(description));
  if (!isClassifier) return { ...found, bytes: graph.toBytes() };
  const columns = columnsOf(scores, found.classes);
  let output = scores.name;
  if (description?.output === "logits") {
    output = graph.turnIntoProbabilities(output, columns);
    changes.push(`"${scores.name}" holds logits: ${columns === 1 ? "a sigmoid" : "a softmax"} was put behind it`);
  }
  if (columns === 1) {
    output = graph.completePair(output);
    changes.push(`"${scores.name}" holds the second class alone: the first was put before it`);
  }
  const classes = found.classes ?? (hasLabel ? undefined : unnamed(Math.max(columns, 2), known));
  if (hasLabel) return { ...found, bytes: graph.toBytes(), classes, changes };
  graph.addLabel(output, classes as string[]);
  changes.push("the likeliest class was put behind the probabilities as the label");
  return { bytes: graph.toBytes(), classes, labelAdded: true, changes };
}

/** Columns of the output with the scores; AppError rejected where they and the classes do not agree. */
function columnsOf({ name, shape }: TensorInfo, classes: string[] | undefined): number {
  const width = shape.length === 1 ? 1 : shape[1];
  const columns = width === -1 ? (classes?.length ?? -1) : width;
  if (shape.length > 2 || columns < 1)
    throw new AppError(
      "rejected",
      `output "${name}" has the shape [${shape.join(", ")}]; scores of classes are [rows, classes] with a fixed number of classes`,
    );
  if (shape.length === 1)
    throw new AppError("rejected", `output "${name}" has the shape [rows]; export the score of one class as [rows, 1]`);
  if (classes && classes.length !== columns && !(columns === 1 && classes.length === 2))
    throw new AppError("rejected", `output "${name}" has ${columns} columns, and there are ${classes.length} classes`);
  return columns;
}

/** A use case's classes have an order that a file without names cannot be asked about. */
function unnamed(columns: number, known: string[] | undefined): string[] {
  if (known)
    throw new AppError(
      "rejected",
      `the model does not say which column is which class: say it in a .json beside it, as {"classes":${JSON.stringify(known)}} in the order of the columns, and drop both again`,
    );
  return Array.from({ length: columns }, (_, at) => String(at));
}
