import type { DeclaredFeature } from "../onnx/signature";
import type { UsecaseSpec } from "./usecaseSpec";

/** The spec's features as a model signature names them. */
export function declaredFeatures(spec: UsecaseSpec): DeclaredFeature[] {
  return spec.features.map((name) => {
    if (name in spec.derived) return { name, type: "number", nullable: true };
    const column = spec.columns[name];
    if (column.type === "timestamp") throw new Error(`the feature ${name} is a timestamp`); // the spec's check refuses it
    return { name, type: column.type, nullable: column.nullable };
  });
}
