import { z } from "zod";
import { objectOf, statistic } from "../documents";
import type { UsecaseSpec } from "../usecase/usecaseSpec";
import { renamedColumns } from "./auditColumns";
import type { PreparedCounts, PreparedData } from "./preparedData";

/** Rows of one part of the split: how many, from when to when, and how the label is spread. */
export interface PartDescription {
  rows: number;
  /** first and last time, where rows have one */
  from?: string;
  to?: string;
  /** class -> rows */
  classes?: Record<string, number>;
  /** of the label, with regression */
  values?: { min: number; mean: number; max: number };
}

/** The rows behind a version. */
export interface DataDescription {
  counts: PreparedData["counts"];
  split: UsecaseSpec["split"];
  horizonHours?: number;
  train: PartDescription;
  holdout: PartDescription;
  folds: number;
  /**
   * name in the file of prepared rows -> the spec's column, where two differ only in case or one has a name of that
   * file's own
   */
  renamedColumns?: Record<string, string>;
}

const part = objectOf<PartDescription>({
  rows: z.number(),
  from: z.string().optional(),
  to: z.string().optional(),
  classes: z.record(z.string(), z.number()).optional(),
  values: z.object({ min: statistic, mean: statistic, max: statistic }).optional(),
});

/** Counts of prepared rows as documents keep them. */
export const countsSchema = objectOf<PreparedCounts>({
  rows: z.number(),
  labelled: z.number(),
  unlabelled: z.number(),
  duplicates: z.number(),
  gap: z.number(),
});

/** of a spec that may have been written by an earlier release: what it says is shown, its kind is relied on */
const split = z.looseObject({ kind: z.enum(["time", "stratified", "group"]) }) as unknown as z.ZodType<
  DataDescription["split"]
>;

/** The description of a version's data as documents keep it. */
export const dataDescription = objectOf<DataDescription>({
  counts: countsSchema,
  split,
  horizonHours: z.number().optional(),
  train: part,
  holdout: part,
  folds: z.number(),
  renamedColumns: z.record(z.string(), z.string()).optional(),
});

/** Describes prepared data for a version's model card. */
export function describeData(data: PreparedData, spec: UsecaseSpec): DataDescription {
  const { split, horizonHours } = spec;
  return {
    counts: data.counts,
    split,
    horizonHours,
    train: describePart(data, data.trainRows),
    holdout: describePart(data, data.holdoutRows),
    folds: data.folds.length,
    renamedColumns: renamedColumns(spec),
  };
}

function describePart({ times, values, classes, target }: PreparedData, rows: Int32Array): PartDescription {
  const part: PartDescription = { rows: rows.length };
  if (times && rows.length > 0) {
    part.from = new Date(rows.reduce((least, row) => Math.min(least, times[row]), Infinity)).toISOString();
    part.to = new Date(rows.reduce((most, row) => Math.max(most, times[row]), -Infinity)).toISOString();
  }
  if (values) {
    const own = Array.from(rows, (row) => values[row]);
    const sum = own.reduce((total, value) => total + value, 0);
    part.values = {
      min: own.reduce((a, b) => Math.min(a, b), Infinity),
      mean: sum / own.length,
      max: own.reduce((a, b) => Math.max(a, b), -Infinity),
    };
    return part;
  }
  const counts = new Array<number>(classes.length).fill(0);
  for (const row of rows) counts[target[row]]++;
  part.classes = Object.fromEntries(classes.map((name, code) => [name, counts[code]]));
  return part;
}
