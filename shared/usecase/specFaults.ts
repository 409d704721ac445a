import type { ErrorDetail } from "../errors";
import { inputFaults } from "../inputFaults";
import type { SpecFault } from "./specFault";
import { type SpecFields, specFields } from "./specFields";
import type { SpecRule } from "./specRule";

type Json = Record<string, unknown>;
type FieldName = keyof SpecFields;

/** fields whose entries are checked one by one: one that is wrong does not keep the others from being checked */
const records = ["columns", "derived"] as const;

/**
 * All that is wrong with a spec, in one round: with each field by itself, and, as far as the fields that a rule needs
 * are sound, between them. Nothing that only follows from another fault is reported.
 */
export function specFaults(raw: unknown, rules: readonly SpecRule[]): ErrorDetail[] {
  const whole = specFields.safeParse(raw);
  const faults = whole.success ? [] : inputFaults(whole.error.issues);
  if (typeof raw !== "object" || raw === null || Array.isArray(raw)) return faults;
  const { spec, broken, brokenEntries } = soundPart(raw as Json);
  const follows = (path: (string | number)[]) => {
    const value = valueAt(raw, path);
    return (
      path.some((step) => brokenEntries.has(String(step))) || (typeof value === "string" && brokenEntries.has(value))
    );
  };
  const fault: SpecFault = (path, message) => {
    if (!follows(path)) faults.push({ path: path.join("."), message });
  };
  for (const { needs, check } of rules) if (!needs.some((name) => broken.has(name))) check(spec, fault);
  return faults;
}

/** The fields that are sound, the names of those that are not, and of columns and derived features that are not. */
function soundPart(raw: Json) {
  const known = withoutUnknown(raw);
  const brokenEntries = new Set<string>();
  for (const record of records) dropBroken(known, record, brokenEntries);
  const spec: Json = {};
  const broken = new Set<FieldName>();
  for (const [name, schema] of Object.entries(specFields.shape)) {
    const parsed = schema.safeParse(known[name]);
    if (parsed.success) spec[name] = parsed.data;
    else broken.add(name as FieldName);
  }
  // the type of the label decides what else is right
  const label = (spec as Partial<SpecFields>).label?.column;
  if (label !== undefined && brokenEntries.has(label)) broken.add("label");
  return { spec: spec as SpecFields, broken, brokenEntries };
}

/** A copy without the fields that are reported as unknown. */
function withoutUnknown(raw: Json): Json {
  const copy = structuredClone(raw);
  for (const issue of specFields.safeParse(raw).error?.issues ?? [])
    if (issue.code === "unrecognized_keys") {
      const holder = valueAt(copy, issue.path) as Json;
      for (const key of issue.keys) delete holder[key];
    }
  return copy;
}

function dropBroken(known: Json, record: (typeof records)[number], brokenEntries: Set<string>): void {
  for (const { path } of specFields.shape[record].safeParse(known[record]).error?.issues ?? [])
    if (path.length > 0) {
      delete (known[record] as Json)[String(path[0])];
      brokenEntries.add(String(path[0]));
    }
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((at, step) => (at as Record<PropertyKey, unknown> | undefined)?.[step], value);
}
