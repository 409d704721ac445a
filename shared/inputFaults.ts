import { z } from "zod";
import type { ErrorDetail } from "./errors";

type Issue = z.core.$ZodIssue;
type RawIssue = z.core.$ZodRawIssue;

const needs: Record<string, string> = {
  string: "a text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "an object",
  record: "an object",
  null: "null",
  undefined: "nothing",
  never: "nothing",
  nan: "NaN",
};

const formats: Record<string, string> = {
  datetime: "a time in ISO 8601 with a zone is needed, such as 2024-07-01T00:00:00Z",
  date: "a date is needed, such as 2024-07-01",
  url: "an absolute address is needed, such as https://example.org/",
};

// whoever gives no words of their own to a field of a schema gets these
z.config({ localeError: sentence });

/** Every field at fault with a sentence each, from what zod says; each unknown field stands for itself. */
export function inputFaults(issues: readonly Issue[], unknownField = "unknown field"): ErrorDetail[] {
  return issues.flatMap((issue) => faultsOf(issue, [], unknownField));
}

function faultsOf(issue: Issue, before: readonly PropertyKey[], unknownField: string): ErrorDetail[] {
  const at = [...before, ...issue.path];
  const path = at.map(String).join(".");
  if (issue.code === "unrecognized_keys")
    return issue.keys.map((key) => ({ path: [...at.map(String), key].join("."), message: unknownField }));
  if (issue.code !== "invalid_union" || issue.errors.length === 0) return [{ path, message: issue.message }];
  const isOfOtherKind = (branch: Issue[]) =>
    branch.some(({ code, path: below }) => code === "invalid_type" && below.length === 0);
  const nearest = issue.errors.filter((branch) => !isOfOtherKind(branch));
  if (nearest.length > 0) return nearest[0].flatMap((one) => faultsOf(one, at, unknownField));
  return [{ path, message: eitherOf(issue.errors.flat()) }];
}

/** "a number, a text or null is needed" from "a number is needed", "a text is needed", "null is needed". */
function eitherOf(issues: Issue[]): string {
  const kinds = [
    ...new Set(issues.map(({ message }) => message.replace(/ is needed$/, "").replace(/^it is missing; /, ""))),
  ];
  const last = kinds.pop();
  return `${kinds.length === 0 ? last : `${kinds.join(", ")} or ${last}`} is needed`;
}

function sentence(issue: RawIssue): string {
  switch (issue.code) {
    case "invalid_type": {
      if (typeof issue.input === "number" && !Number.isFinite(issue.input)) return "a finite number is needed";
      const needed = `${needs[issue.expected] ?? `a value of type ${issue.expected}`} is needed`;
      return issue.input === undefined ? `it is missing; ${needed}` : needed;
    }
    case "invalid_value":
      return `use ${oneOf(issue.values)}`;
    case "invalid_union":
      return issue.options ? `use ${oneOf(issue.options as unknown[])}` : "it matches none of the allowed forms";
    case "too_small":
      return tooSmall(issue.origin, Number(issue.minimum), issue.inclusive !== false);
    case "too_big":
      return tooBig(issue.origin, Number(issue.maximum), issue.inclusive !== false);
    case "invalid_format":
      return formats[issue.format] ?? "it is not in the required format";
    case "not_multiple_of":
      return `a multiple of ${issue.divisor} is needed`;
    case "unrecognized_keys":
      return `unknown field${issue.keys.length > 1 ? "s" : ""}`;
    default:
      return "it is not valid";
  }
}

function oneOf(values: readonly unknown[]): string {
  const shown = values.map((value) => JSON.stringify(value)).join(", ");
  return values.length === 1 ? shown : `one of ${shown}`;
}

function tooSmall(origin: string, minimum: number, inclusive: boolean): string {
  if (origin === "string") return minimum === 1 ? "it must not be empty" : `at least ${minimum} characters are needed`;
  if (isCounted(origin))
    return minimum === 1 ? "at least one entry is needed" : `at least ${minimum} entries are needed`;
  return `it must be ${inclusive ? "at least" : "above"} ${minimum}`;
}

function tooBig(origin: string, maximum: number, inclusive: boolean): string {
  if (origin === "string") return `at most ${maximum} characters are allowed`;
  if (isCounted(origin)) return `at most ${maximum} entries are allowed`;
  return `it must be ${inclusive ? "at most" : "below"} ${maximum}`;
}

function isCounted(origin: string): boolean {
  return origin === "array" || origin === "set" || origin === "map" || origin === "object" || origin === "record";
}
