import { AppError } from "../errors";
import { AdaptableGraph } from "../onnx/adaptGraph";
import { labelClasses } from "../onnx/labelClasses";
import type { TensorInfo } from "../ports";
import type { UploadDescription } from "./uploadDescription";

/** What became of an uploaded model's graph. */
export interface Adapting {
  bytes: Uint8Array;
  /** of the probabilities' columns, if the file or its description names them */
  classes?: string[];
  /** a label output was added after the probabilities: if they are not probabilities, the model is not a classifier */
  labelAdded: boolean;
  /** sentences about what was changed */
  changes: string[];
}

/** A change of a graph, as plain data for a thread of its own. */
export type AdaptStep =
  | { kind: "withoutZipMap"; bytes: Uint8Array; description?: UploadDescription }
  | { kind: "namingClasses"; found: Adapting; labelOutput: string }
  | { kind: "withClasses"; found: Adapting; outputs: TensorInfo[]; description?: UploadDescription; known?: string[] };

/** Makes a change; AppError rejected says what is missing. */
export function takeStep(step: AdaptStep): Adapting {
  if (step.kind === "withoutZipMap") return withoutZipMap(step);
  if (step.kind === "namingClasses")
    return { ...step.found, classes: labelClasses(step.found.bytes, step.labelOutput) };
  return withClasses(step);
}

const isLabel = ({ datatype }: TensorInfo) => datatype === "BYTES" || datatype === "INT64" || datatype === "INT32";

/** The label output of a graph that also has probabilities. */
export function labelBesideScores(outputs: TensorInfo[]): string | undefined {
  return outputs.some(({ datatype }) => datatype === "FP32" || datatype === "FP64")
    ? outputs.find(isLabel)?.name
    : undefined;
}

/** Whether a graph with these outputs and this description is served unchanged. */
export function isServedAsItIs(outputs: TensorInfo[], description: UploadDescription | undefined): boolean {
  return description === undefined && (scoresOf(outputs, description) === undefined || outputs.some(isLabel));
}

/** The output with the scores of the classes; undefined if the model is not a classifier. */
function scoresOf(outputs: TensorInfo[], description: UploadDescription | undefined): TensorInfo | undefined {
  const scores = outputs.find(({ datatype }) => datatype === "FP32" || datatype === "FP64");
  const isDescribed = description?.output !== undefined || description?.classes !== undefined;
  const width = scores?.shape.length === 2 ? scores.shape[1] : 1;
  return isDescribed || (!outputs.some(isLabel) && width >= 2) ? scores : undefined;
}

function withoutZipMap({ bytes, description }: AdaptStep & { kind: "withoutZipMap" }): Adapting {
  const found: Adapting = { bytes, classes: description?.classes, labelAdded: false, changes: [] };
  const graph = new AdaptableGraph(bytes);
  const zipMap = graph.takeOffZipMap();
  if (zipMap === undefined) return found;
  const { output, classes } = zipMap;
  if (description?.classes && description.classes.join("\n") !== classes.join("\n"))
    throw new AppError("rejected", "the model's ZipMap and its description disagree about the classes or their order");
  return { ...found, bytes: graph.toBytes(), classes, changes: [`a ZipMap was taken off: "${output}" is the output`] };
}

function withClasses({ found, outputs, description, known }: AdaptStep & { kind: "withClasses" }): Adapting {
  const scores = scoresOf(outputs, description);
  const graph = new AdaptableGraph(found.bytes);
  const changes = [...found.changes];
  if (description) graph.describe(JSON.stringify(description));
  if (scores === undefined) return { ...found, bytes: graph.toBytes() };
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
  const classes = found.classes ?? (outputs.some(isLabel) ? undefined : unnamed(Math.max(columns, 2), known));
  if (outputs.some(isLabel)) return { ...found, bytes: graph.toBytes(), classes, changes };
  graph.addLabel(output, classes as string[]);
  changes.push("the likeliest class was put behind the probabilities as the label");
  return { bytes: graph.toBytes(), classes, labelAdded: true, changes };
}

/** Number of columns of the scores; AppError rejected if it does not match the classes. */
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
    throw new AppError("rejected", `output "${name}" has ${columns} columns, but there are ${classes.length} classes`);
  return columns;
}

/** A file without class names cannot tell whether its columns have the order of the use case's classes. */
function unnamed(columns: number, known: string[] | undefined): string[] {
  if (known)
    throw new AppError(
      "rejected",
      `the model does not say which column is which class: name them in a .json beside it, as {"classes":${JSON.stringify(known)}} in the order of the columns, and drop both again`,
    );
  return Array.from({ length: columns }, (_, at) => String(at));
}
