import { z } from "zod";
import { ownValue } from "../ownValue";
import type { SpecFault } from "./specFault";

/**
 * how scored rows are captured: the cell's keyed hash in its place, or nothing; the model gets the cell, and training
 * is as without it
 */
const sensitive = z.enum(["hash", "omit"]).optional();

/** A column of the dataset's files, by its type. */
const columnSpec = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("number"),
    /** unit of measurement, for people: "degC", "km/h" */
    unit: z.string().optional(),
    /** a value below makes the row's cell out of range */
    min: z.number().optional(),
    max: z.number().optional(),
    /** length of a cycle: 360 for degrees, of which 359 and 1 are neighbours; for monitoring only */
    cyclic: z.number().positive().optional(),
    /** values that mean "missing" */
    sentinels: z.array(z.number()).default([]),
    /** what a value below min or above max does: it rejects the file, or counts as missing */
    outOfRange: z.enum(["reject", "missing"]).default("reject"),
    /** missing values are allowed */
    nullable: z.boolean().default(true),
    sensitive,
    description: z.string().optional(),
  }),
  z.strictObject({
    type: z.literal("category"),
    /** the allowed values; without it any text is taken */
    values: z.array(z.string()).min(1).optional(),
    sentinels: z.array(z.string()).default([]),
    nullable: z.boolean().default(true),
    /** how many hours a missing value may be filled forward within an entity; features only, never labels */
    fillForwardHours: z.number().positive().optional(),
    sensitive,
    description: z.string().optional(),
  }),
  z.strictObject({
    type: z.literal("timestamp"),
    /**
     * of the spec's time: what a row does that lies more than a day ahead of the clock: it rejects the file, or leaves
     * a note
     */
    future: z.enum(["reject", "warn"]).default("reject"),
    sensitive,
    description: z.string().optional(),
  }),
]);

/** The columns by their names. */
export const columnsSpec = z.record(z.string(), columnSpec);

type Columns = z.infer<typeof columnsSpec>;

/** Finds names that cannot be matched with a file's, and ranges that hold no value. */
export function checkColumns(spec: { columns: Columns }, fault: SpecFault): void {
  for (const [name, column] of Object.entries(spec.columns)) {
    if (name.trim() !== name || name === "")
      fault(["columns", name], "a column name has no spaces around it and is not empty");
    if (column.type === "number" && column.min !== undefined && column.max !== undefined && column.min > column.max)
      fault(["columns", name, "min"], `${column.min} is above the maximum, ${column.max}`);
  }
}

/** Finds that the column that a field names does not exist, or is of another type than the field can use. */
export function mustNameColumn(
  spec: { columns: Columns },
  path: (string | number)[],
  column: string | undefined,
  types: string[],
  fault: SpecFault,
): void {
  if (column === undefined) return;
  const type = ownValue(spec.columns, column)?.type;
  if (type === undefined) fault(path, `"${column}" is not among the columns`);
  else if (!types.includes(type)) fault(path, `"${column}" is a ${type}; it must be ${types.join(" or ")}`);
}
