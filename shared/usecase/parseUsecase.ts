import { AppError, type ErrorDetail } from "../errors";
import { jsonFault } from "../jsonFault";
import { consistencyRules } from "./specConsistency";
import { specFaults } from "./specFaults";
import type { SpecRule } from "./specRule";
import { type UsecaseSpec, usecaseSpec } from "./usecaseSpec";

/**
 * Reads one spec; `where` names it in the AppError invalid_input whose details list every path at fault, those of
 * `rules` among them.
 */
export function parseUsecase(text: string, where: string, rules: readonly SpecRule[] = []): UsecaseSpec {
  const raw = parseJson(text, where);
  const details = [...unusableNames(raw), ...specFaults(raw, [...consistencyRules, ...rules])];
  if (details.length > 0) throw new AppError("invalid_input", faultText(where, details), { details });
  return usecaseSpec.parse(raw);
}

/** JavaScript keeps one name for itself: an object cannot have a field of that name like any other. */
const reserved = "__proto__";

function unusableNames(value: unknown, path: string[] = []): ErrorDetail[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, one]) =>
    name === reserved
      ? [{ path: [...path, name].join("."), message: `nothing can have the name "${reserved}"; rename it` }]
      : unusableNames(one, [...path, name]),
  );
}

/** The faults of a file, a line each. */
export function faultText(where: string, faults: readonly ErrorDetail[]): string {
  const lines = faults.map(({ path, message }) => `\n  ${path || "(top)"}: ${message}`);
  return `${where} is wrong:${lines.join("")}`;
}

function parseJson(text: string, where: string): unknown {
  const plain = text.replace(/^\uFEFF/, "");
  try {
    return JSON.parse(plain);
  } catch (cause) {
    const { line, column, message } = jsonFault(plain);
    const details = [{ path: "", message: `line ${line}, column ${column}: ${message}` }];
    throw new AppError("invalid_input", `${where} is not valid JSON, line ${line}, column ${column}: ${message}`, {
      details,
      cause,
    });
  }
}
