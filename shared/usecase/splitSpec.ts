import { z } from "zod";
import { mustNameColumn } from "./columnSpec";
import type { SpecFault } from "./specFault";

const foldCount = z.int().min(1).max(20);

const timeFolds = z.strictObject({
  count: foldCount.default(3),
  /**
   * share of the training rows before the first fold's validation rows; by default 1 / (count + 1), or half where rows
   * grow denser in time
   */
  firstShare: z.number().gt(0).lt(1).optional(),
  /** a fold trains on everything before its validation rows, or on as many rows as the first fold */
  window: z.enum(["expanding", "sliding"]).default("expanding"),
});

/** Which rows are held out, and how candidates are compared on the others. */
export const splitSpec = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("time"),
    /** first instant of the hold-out, UTC; rows before it (less one horizon) train */
    holdoutFrom: z.iso.datetime({ offset: true }),
    /**
     * the hold-out is at most the newest so many days, so that training grows as rows arrive; without it, it starts at
     * holdoutFrom for ever
     */
    holdoutDays: z.number().positive().optional(),
    /** folds inside the training span, used to compare candidates: how many, or how they lie */
    folds: z.union([foldCount, timeFolds]).default(3),
  }),
  z.strictObject({
    /** each class (of a number: each tenth of its values) has the same share of hold-out and folds */
    kind: z.literal("stratified"),
    holdoutFraction: z.number().gt(0).lt(0.9).default(0.25),
    /**
     * rows of equal features: copies of one, which stay in one part, or events of their own; by default as their labels
     * say
     */
    copies: z.enum(["together", "apart"]).optional(),
    folds: z.int().min(2).max(20).default(3),
  }),
  z.strictObject({
    /** rows of one group (a patient, a machine) stay together: the hold-out has groups that training never saw */
    kind: z.literal("group"),
    column: z.string(),
    holdoutFraction: z.number().gt(0).lt(0.9).default(0.25),
    /** leave one group out where there are no more groups than this, else so many folds of whole groups */
    folds: z.int().min(2).max(20).default(10),
  }),
]);

type SplitByColumn = Parameters<typeof mustNameColumn>[0] & { split: z.infer<typeof splitSpec> };

/** Finds that the column of a split by group does not exist, or cannot name groups. */
export function checkSplitColumn(spec: SplitByColumn, fault: SpecFault): void {
  if (spec.split.kind === "group")
    mustNameColumn(spec, ["split", "column"], spec.split.column, ["category", "number"], fault);
}
