import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";
import { AppError } from "../errors";

type Part = "model" | "training" | "graph" | "function" | "node" | "attribute" | "sparse" | "tensor";

/** The fields that lead to tensors, by number: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto */
const fields: Record<Part, Record<number, Part>> = {
  model: { 7: "graph", 20: "training", 25: "function" },
  training: { 1: "graph", 2: "graph" },
  graph: { 1: "node", 5: "tensor", 15: "sparse" },
  function: { 7: "node", 11: "attribute" },
  node: { 5: "attribute" },
  attribute: { 5: "tensor", 6: "graph", 10: "tensor", 11: "graph", 22: "sparse", 23: "sparse" },
  sparse: { 1: "tensor", 2: "tensor" },
  tensor: {},
};
const externalDataField = 13;
/** deeper nesting of graphs than any exporter writes */
const maxDepth = 100;

/**
 * Refuses a model (AppError rejected) that names another file for its weights: the runtime would read that file from
 * its working directory, whatever it contains. Bytes that are not a protobuf message are left to the runtime to refuse.
 */
export function refuseExternalData(bytes: Uint8Array): void {
  if (!mentionsFile(bytes)) return;
  throw new AppError(
    "rejected",
    "the model keeps weights in another file (external data): export it as one file that contains all weights",
  );
}

function mentionsFile(bytes: Uint8Array): boolean {
  try {
    return visit(bytes, "model", 0);
  } catch (error) {
    if (error instanceof AppError) throw error;
    return false; // truncated or not protobuf: the runtime will refuse it
  }
}

function visit(bytes: Uint8Array, part: Part, depth: number): boolean {
  if (depth > maxDepth) throw new AppError("rejected", `the graph is nested more than ${maxDepth} deep`);
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const [field, wireType] = reader.tag();
    if (part === "tensor" && field === externalDataField) return true;
    const inner = fields[part][field];
    if (inner === undefined || wireType !== WireType.LengthDelimited) reader.skip(wireType, field);
    else if (visit(reader.bytes(), inner, depth + 1)) return true;
  }
  return false;
}
