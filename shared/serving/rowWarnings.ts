import { AppError, type ErrorDetail } from "../errors";
import type { Usecase } from "../usecase/loadUsecases";

/** What a row may hold that the model cannot use as it stands. */
export type WarningCode =
  /** a number or text that the use case declares to mean "missing" */
  | "sentinel"
  /** a number below the declared minimum or above the maximum */
  | "out_of_range"
  /** a text that is not among the declared values, or, where none are declared, that no training row had */
  | "unknown_category"
  /** a declared value that no training row had */
  | "unseen_category"
  /** a field that the model does not have */
  | "unknown_field";

/** One cell that counts as missing, or one field that is ignored: where, and why; never the caller's value. */
export interface RowWarning extends ErrorDetail {
  code: WarningCode;
}

/** The first warnings of a request, and how many there are of each kind; plain data that may cross threads. */
export interface RowWarnings {
  first: RowWarning[];
  counts: Partial<Record<WarningCode, number>>;
}

const maxListed = 20;
/** what a use case refuses that says so */
const invalid = new Set<WarningCode>(["sentinel", "out_of_range", "unknown_category"]);

export function noWarnings(): RowWarnings {
  return { first: [], counts: {} };
}

/** Counts a warning, and keeps it when it is among the first. */
export function addWarning({ first, counts }: RowWarnings, warning: RowWarning): void {
  counts[warning.code] = (counts[warning.code] ?? 0) + 1;
  if (first.length < maxListed) first.push(warning);
}

/** The fields of a reply: the first warnings and how many more there are; none where there was nothing to warn about. */
export function warningFields(warnings: RowWarnings | undefined): { warnings?: RowWarning[]; moreWarnings?: number } {
  if (warnings === undefined) return {};
  const more = totalOf(Object.values(warnings.counts)) - warnings.first.length;
  return { warnings: warnings.first, ...(more > 0 && { moreWarnings: more }) };
}

/** Whether the use case of a model refuses values that are not valid. */
export function refusesInvalid(usecases: Map<string, Usecase>, model: string): boolean {
  return usecases.get(model)?.spec.scoring.invalid === "reject";
}

/** AppError invalid_input with the first values that are not valid; for use cases that refuse them. */
export function refuseInvalid({ first, counts }: RowWarnings): void {
  const found = totalOf([...invalid].map((code) => counts[code] ?? 0));
  if (found === 0) return;
  const details = first.filter(({ code }) => invalid.has(code)).map(({ path, message }) => ({ path, message }));
  const more = found > 1 ? `, and ${found - 1} more` : "";
  const [worst = { path: "rows", message: "values that are not valid" }] = details;
  const message = `the use case refuses invalid values: ${worst.path}: ${worst.message}${more}`;
  throw new AppError("invalid_input", message, { details });
}

function totalOf(counts: number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}
