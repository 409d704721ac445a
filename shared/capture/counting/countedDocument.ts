import { z } from "zod";
import { longList, numberList, objectOf, statistic, statisticList } from "../../documents";
import { profileSchema } from "../../monitoring/profileDocument";
import type { MomentSums, PredictionProfile, ValueSums } from "../../monitoring/windowProfile";
import type { Counted, CountedFaults } from "./counted";
import type { ColumnRuns } from "./entityRuns";
import type { RowCopies } from "./rowCopies";
import type { LineNumbers } from "./writers";

/** Numbers by names that come from outside: zod's own records lose a name like "__proto__". */
const counts = z.custom<Record<string, number>>(
  (value) =>
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    Object.values(value).every((count) => typeof count === "number"),
  { error: "numbers by name are needed" },
);

const faults = objectOf<CountedFaults>({
  missing: z.number(),
  wrongType: z.number(),
  outOfRange: z.number(),
  outside: objectOf<ValueSums>({ sum: statistic, sumSquares: statistic, min: statistic, max: statistic }).nullable(),
  beyondFences: z.number(),
  sentinels: z.number(),
});

const columnRuns = longList<ColumnRuns | null>(isColumnRuns, "the runs of a column");

function isColumnRuns(value: unknown): value is ColumnRuns | null {
  if (value === null) return true;
  const isNumber = (part: unknown, at: number) => typeof part === "number" || (part === null && (at === 1 || at === 3));
  return Array.isArray(value) && value.length === 6 && value.every(isNumber);
}

const moments = objectOf<MomentSums>({
  columns: z.array(z.string()),
  rows: z.number(),
  sums: statisticList,
  products: statisticList,
});

const predictions = objectOf<PredictionProfile>({
  rows: z.number(),
  labels: counts,
  scores: z.record(z.string(), z.object({ rows: numberList, sums: statisticList })),
  values: z.object({ bins: numberList, sum: statistic, sumSquares: statistic }).optional(),
});

/** Counts of captured requests as documents keep them. */
export const countedSchema = objectOf<Counted>({
  rows: z.number(),
  inputs: profileSchema,
  faults: z.array(faults),
  runs: z.record(z.string(), columnRuns),
  moments,
  predictions,
  copies: objectOf<RowCopies>({ hashes: numberList, counts: numberList }),
  unknownFields: counts,
  unseenValues: z.record(z.string(), counts),
  newestAt: z.iso.datetime().optional(),
  refused: counts,
  unreadableRequests: z.number(),
  omittedRows: z.number(),
  writers: z.record(z.string(), objectOf<LineNumbers>({ first: z.int(), last: z.int(), missing: z.int() })),
});
