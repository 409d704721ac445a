import type { UsecaseSpec } from "./usecaseSpec";

type Declared = Pick<UsecaseSpec, "columns" | "features">;

const known = new WeakMap<Declared, readonly string[]>();

/**
 * The columns that a scored row may bring beside the model's features: whatever else the use case declares, its entity
 * and its time among them. They are captured, and the model does not see them.
 */
export function contextColumns(spec: Declared): readonly string[] {
  let columns = known.get(spec);
  if (columns === undefined) {
    const features = new Set(spec.features);
    columns = Object.keys(spec.columns).filter((name) => !features.has(name));
    known.set(spec, columns); // asked for in every request
  }
  return columns;
}
