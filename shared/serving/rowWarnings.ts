import { AppError, type ErrorDetail } from "../errors";
import type { Usecase } from "../usecase/loadUsecases";

/** What a row may contain that the model cannot use as it is. */
export type WarningCode =
  /** a number or string that the use case declares to mean "missing" */
  | "sentinel"
  /** a number below the declared minimum or above the maximum */
  | "out_of_range"
  /** a string that is not a declared value or, if none are declared, that no training row had */
  | "unknown_category"
  /** a declared value that no training row had */
  | "unseen_category"
  /** a field that the model does not have */
  | "unknown_field";

/** One cell that counts as missing, or one ignored field: where and why, never the caller's value. */
export interface RowWarning extends ErrorDetail {
  code: WarningCode;
}

/** The first warnings of a request, and how many there are of each kind; plain data that can cross threads. */
export interface RowWarnings {
  first: RowWarning[];
  counts: Partial<Record<WarningCode, number>>;
}

const maxListed = 20;
/** what a use case that refuses invalid values refuses */
const invalid = new Set<WarningCode>(["sentinel", "out_of_range", "unknown_category"]);

export function noWarnings(): RowWarnings {
  return { first: [], counts: {} };
}

/** Counts a warning, and keeps it if it is among the first. */
export function addWarning({ first, counts }: RowWarnings, warning: RowWarning): void {
  counts[warning.code] = (counts[warning.code] ?? 0) + 1;
  if (first.length < maxListed) first.push(warning);
}

/** The fields of a reply: the first warnings and how many more there are; empty if there are none. */
export function warningFields(warnings: RowWarnings | undefined): { warnings?: RowWarning[]; moreWarnings?: number } {
  if (warnings === undefined) return {};
  const more = totalOf(Object.values(warnings.counts)) - warnings.first.length;
  return { warnings: warnings.first, ...(more > 0 && { moreWarnings: more }) };
}

/** Whether the use case of a model refuses invalid values. */
export function refusesInvalid(usecases: Map<string, Usecase>, model: string): boolean {
  return usecases.get(model)?.spec.scoring.invalid === "reject";
}

/** Throws AppError invalid_input with the first invalid values; for use cases that refuse them. */
export function refuseInvalid({ first, counts }: RowWarnings): void {
  const found = totalOf([...invalid].map((code) => counts[code] ?? 0));
  if (found === 0) return;
  const details = first.filter(({ code }) => invalid.has(code)).map(({ path, message }) => ({ path, message }));
  const more = found > 1 ? `, and ${found - 1} more` : "";
  const [worst = { path: "rows", message: "invalid values" }] = details;
  const message = `the use case refuses invalid values: ${worst.path}: ${worst.message}${more}`;
  throw new AppError("invalid_input", message, { details });
}

function totalOf(counts: number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}
