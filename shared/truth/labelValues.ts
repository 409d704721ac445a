import { ownValue } from "../ownValue";
import { labelClasses, taskOf } from "../usecase/specTask";
import type { UsecaseSpec } from "../usecase/usecaseSpec";

/** A label as models predict it, with the label column's own value where that says more. */
export interface LabelValue {
  label: string | number;
  raw?: string;
}

/** Reads a label: a value of the label column or a class, with regression a number; a text says what is wrong. */
export type ReadLabel = (value: unknown) => LabelValue | string;

/** How labels of a use case are read. A value of the column comes before a class of the same name. */
export function labelReader(spec: UsecaseSpec): ReadLabel {
  if (taskOf(spec) === "regression") return readNumber;
  const mapping = spec.label.mapping ?? {};
  const classes = labelClasses(spec) ?? [];
  const known = [...new Set([...Object.keys(mapping), ...classes])].join(", ");
  return (value) => {
    if (typeof value !== "string") return `use one of ${known}`;
    const text = value.trim();
    const name = ownValue(mapping, text);
    if (name !== undefined) return { label: name, raw: text };
    return classes.includes(text) ? { label: text } : `use one of ${known}`;
  };
}

function readNumber(value: unknown): LabelValue | string {
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) ? { label: number } : "a number is needed";
}

/** A value of the label column that means this label: the one that was told, else the first that is mapped to it. */
export function rawLabel({ label: { mapping } }: UsecaseSpec, { label, raw }: LabelValue): string {
  if (raw !== undefined || mapping === undefined) return String(raw ?? label);
  return Object.keys(mapping).find((value) => mapping[value] === label) ?? String(label);
}
