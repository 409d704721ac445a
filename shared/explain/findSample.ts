import type { ModelSignature } from "../onnx/signature";
import type { ModelRegistry } from "../registry/modelRegistry";
import type { ModelVersion } from "../registry/modelVersion";
import { type DecodedRows, decodeRows } from "../serving/decodeRows";
import type { Cell, ExplanationSample } from "./explanationSample";
import { sampleDocument } from "./sampleDocument";

export interface FindSamplePorts {
  registry: Pick<ModelRegistry, "version" | "versions" | "document">;
}

export interface FoundSample {
  sample: ExplanationSample;
  /** the version whose training rows these are */
  version: number;
}

/** how many other versions are searched for a sample */
const lookBack = 20;

/**
 * The version's own sample, else that of the newest other version of the model that has all its features; undefined if
 * there is none.
 */
export async function findSample(ports: FindSamplePorts, version: ModelVersion): Promise<FoundSample | undefined> {
  const own = await readSample(ports, version);
  if (own) return { sample: own, version: version.version };
  const others = (await ports.registry.versions(version.model)).filter((one) => one.version !== version.version);
  for (const { version: number } of others.reverse().slice(0, lookBack)) {
    const sample = await readSample(ports, await ports.registry.version(version.model, number));
    if (sample && coversFeatures(sample, version.signature)) return { sample, version: number };
  }
  return undefined;
}

async function readSample(
  { registry }: FindSamplePorts,
  version: ModelVersion,
): Promise<ExplanationSample | undefined> {
  const { background } = version;
  return background === undefined ? undefined : registry.document(sampleDocument, version, background);
}

function coversFeatures({ features }: ExplanationSample, signature: ModelSignature): boolean {
  return signature.features.every(({ name }) => features.includes(name));
}

/**
 * Rows of a sample as the model's tensors; a value that was missing in training is missing here too, nullable or not.
 */
export function decodeSample(sample: ExplanationSample, rows: Cell[][], signature: ModelSignature): DecodedRows {
  const places = signature.features.map(({ name }) => sample.features.indexOf(name));
  const nullable = signature.features.map((slot) => ({ ...slot, nullable: true }));
  return decodeRows({ data: rows.map((row) => places.map((at) => row[at])) }, { ...signature, features: nullable });
}
