import { limitsNumbers } from "../onnx/featureDomain";
import type { DeclaredFeature } from "../onnx/signature";
import { featureType } from "./specTask";
import type { ColumnSpec, UsecaseSpec } from "./usecaseSpec";

/** The spec's features as a model signature names them. */
export function declaredFeatures(spec: UsecaseSpec): DeclaredFeature[] {
  return spec.features.map((name) => {
    const type = featureType(spec, name);
    if (type === undefined) throw new Error(`the column ${name} cannot be a feature`); // the spec's check refuses it
    if (Object.hasOwn(spec.derived, name)) return { name, type, nullable: true };
    const { nullable, domain } = featureOf(spec.columns[name]);
    return { name, type, nullable, ...(domain && { domain }) };
  });
}

/** Every category has a domain: its texts are trimmed, and those that training never held are told. */
function featureOf(column: ColumnSpec): Pick<DeclaredFeature, "nullable" | "domain"> {
  switch (column.type) {
    case "number": {
      const { min, max, sentinels, nullable } = column;
      const domain = { min, max, sentinels };
      return { nullable, domain: limitsNumbers(domain) ? domain : undefined };
    }
    case "category":
      return { nullable: column.nullable, domain: { sentinels: column.sentinels, values: column.values } };
    case "timestamp":
      return { nullable: false };
  }
}
