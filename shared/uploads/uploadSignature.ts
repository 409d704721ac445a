import { AppError } from "../errors";
import { type DeclaredFeature, type ModelSignature, readSignature } from "../onnx/signature";
import { declaredFeatures } from "../usecase/declaredFeatures";
import { labelClasses } from "../usecase/specTask";
import type { UsecaseSpec } from "../usecase/usecaseSpec";
import type { AdaptedUpload } from "./adaptUpload";
import type { UploadDescription } from "./uploadDescription";

/**
 * The signature of an uploaded model: names of features and classes come from the use case, in the order of the file or
 * its description, or from the description alone. AppError rejected if they disagree.
 */
export function uploadSignature(
  { runtimeModel, classes }: AdaptedUpload,
  description: UploadDescription | undefined,
  spec: UsecaseSpec | undefined,
): ModelSignature {
  const known = spec && labelClasses(spec);
  if (known && classes) requireSame("classes", classes, known);
  const signature = readSignature(runtimeModel, spec && inOrder(declaredFeatures(spec), description), classes ?? known);
  return spec === undefined && description?.features ? named(signature, description.features) : signature;
}

/** The use case's features in the order of the description. */
function inOrder(declared: DeclaredFeature[], description: UploadDescription | undefined): DeclaredFeature[] {
  const order = description?.features;
  if (order === undefined) return declared;
  const known = declared.map(({ name }) => name);
  requireSame("features", order, known);
  return order.map((name) => declared[known.indexOf(name)]);
}

function named(signature: ModelSignature, names: string[]): ModelSignature {
  const { features } = signature;
  if (features.length !== names.length)
    throw new AppError(
      "rejected",
      `the description names ${names.length} features, and the graph takes ${features.length}`,
    );
  return { ...signature, features: features.map((slot, at) => ({ ...slot, name: names[at] })) };
}

function requireSame(what: string, found: string[], known: string[]): void {
  if (found.length === known.length && found.every((name) => known.includes(name))) return;
  throw new AppError("rejected", `the model's ${what} are not those of the use case, which are ${known.join(", ")}`);
}
