import { z } from "zod";
import { AppError } from "../shared/errors";

const instant = z.iso
  .datetime({ offset: true, error: "an instant like 2026-01-31T12:00:00Z is needed" })
  .transform((text) => new Date(text));

/** Query fields of a range of time: `from` inclusive, `to` exclusive. */
export const instantQuery = { from: instant.optional(), to: instant.optional() };

/** The range that a query names; AppError invalid_input where it ends before it starts. */
export function rangeOf({ from, to }: { from?: Date; to?: Date }): { from?: Date; to?: Date } {
  if (from === undefined || to === undefined || from < to) return { from, to };
  const message = `it must be before "to"`;
  throw new AppError("invalid_input", `from: ${message}`, { details: [{ path: "from", message }] });
}
