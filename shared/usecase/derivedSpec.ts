import { z } from "zod";
import { ownValue } from "../ownValue";
import type { SpecFault } from "./specFault";

const hours = z.number().positive();

/**
 * A feature that is computed from the columns: from the history of the row's entity up to the row itself, never from
 * later rows. A request brings it as it brings any feature (null where it is not known).
 */
export const derivedSpec = z.discriminatedUnion("kind", [
  z.strictObject({
    /** the column's value exactly so many hours before */
    kind: z.literal("lag"),
    column: z.string(),
    hours,
  }),
  z.strictObject({
    /** the column's value less the one exactly so many hours before */
    kind: z.literal("tendency"),
    column: z.string(),
    hours,
  }),
  z.strictObject({
    /** a statistic of the known values of the last so many hours, the row's own among them */
    kind: z.literal("rolling"),
    column: z.string(),
    hours,
    statistic: z.enum(["mean", "min", "max", "sum", "std"]),
  }),
  z.strictObject({
    /** how many rows of the last so many hours, the row's own among them, have one of these categories */
    kind: z.literal("count"),
    column: z.string(),
    hours,
    values: z.array(z.string()).min(1),
  }),
  z.strictObject({
    /**
     * sine or cosine of a number that starts again after `period` (a bearing), or of the time of day or of the year,
     * UTC
     */
    kind: z.literal("cycle"),
    column: z.string(),
    period: z.union([z.number().positive(), z.literal(["day", "year"])]),
    function: z.enum(["sin", "cos"]),
  }),
]);

export type DerivedSpec = z.infer<typeof derivedSpec>;

/**
 * Finds derived features whose names are taken, whose columns do not exist or have another type, or that need a time
 * column.
 */
export function checkDerived(
  spec: { derived: Record<string, DerivedSpec>; columns: Record<string, { type: string }>; time?: string },
  fault: SpecFault,
): void {
  for (const [name, derived] of Object.entries(spec.derived)) {
    const path = ["derived", name];
    if (Object.hasOwn(spec.columns, name)) fault(path, `"${name}" is already a column`);
    const type = ownValue(spec.columns, derived.column)?.type;
    const wanted = typeOfSource(derived);
    if (type === undefined) fault([...path, "column"], `"${derived.column}" is not among the columns`);
    else if (type !== wanted) fault([...path, "column"], `"${derived.column}" is a ${type}; it must be a ${wanted}`);
    if (derived.kind !== "cycle" && spec.time === undefined) fault(path, "history needs a time column");
  }
}

function typeOfSource(derived: DerivedSpec): "number" | "category" | "timestamp" {
  if (derived.kind === "count") return "category";
  return derived.kind === "cycle" && typeof derived.period === "string" ? "timestamp" : "number";
}
