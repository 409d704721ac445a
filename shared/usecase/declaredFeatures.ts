import { type FeatureDomain, limitsNumbers } from "../onnx/featureDomain";
import type { DeclaredFeature } from "../onnx/signature";
import type { ColumnSpec, UsecaseSpec } from "./usecaseSpec";

/** The spec's features as a model signature names them. */
export function declaredFeatures(spec: UsecaseSpec): DeclaredFeature[] {
  return spec.features.map((name) => {
    if (Object.hasOwn(spec.derived, name)) return { name, type: "number", nullable: true };
    const column = spec.columns[name];
    if (column.type === "timestamp") throw new Error(`the feature ${name} is a timestamp`); // the spec's check refuses it
    const domain = domainOf(column);
    return { name, type: column.type, nullable: column.nullable, ...(domain && { domain }) };
  });
}

/** Every category has one: its texts are trimmed, and those that training never held are told. */
function domainOf(column: Exclude<ColumnSpec, { type: "timestamp" }>): FeatureDomain | undefined {
  const { sentinels } = column;
  if (column.type === "category") return { sentinels, values: column.values };
  const domain = { min: column.min, max: column.max, sentinels };
  return limitsNumbers(domain) ? domain : undefined;
}
