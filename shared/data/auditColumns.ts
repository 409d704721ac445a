import type { UsecaseSpec } from "../usecase/usecaseSpec";

/** Columns that the auditors' copy of the prepared rows has besides those of the spec. */
const ownColumns = ["dataset_version", "dataset_row", "split_role", "label_class"];

/**
 * The spec's columns and derived features under the names that the auditors' copy gives them. Names there are the same
 * whatever their case, so one that another column has taken gets a number behind it.
 */
export function auditColumns(spec: Pick<UsecaseSpec, "columns" | "derived">): { name: string; as: string }[] {
  const taken = new Set(ownColumns);
  return [...Object.keys(spec.columns), ...Object.keys(spec.derived)].map((name) => {
    let as = name;
    for (let number = 1; taken.has(as.toLowerCase()); number++) as = `${name}_${number}`;
    taken.add(as.toLowerCase());
    return { name, as };
  });
}

/** Name in the auditors' copy -> the spec's column, for those that had to be renamed; undefined where none had. */
export function renamedColumns(spec: Pick<UsecaseSpec, "columns" | "derived">): Record<string, string> | undefined {
  const renamed = auditColumns(spec).filter(({ name, as }) => name !== as);
  return renamed.length === 0 ? undefined : Object.fromEntries(renamed.map(({ name, as }) => [as, name]));
}
