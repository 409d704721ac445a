import { AppError } from "../errors";
import { dayMs, hourMs } from "../time";
import type { UsecaseSpec } from "../usecase/usecaseSpec";
import { areEventsOfTheirOwn } from "./copyGroups";
import type { PreparedData } from "./preparedData";
import type { RowSplit } from "./rowSplit";
import { splitByGroup } from "./splitByGroup";
import { splitByTime } from "./splitByTime";
import { type Places, splitStratified } from "./splitStratified";
import { spreadCopies } from "./spreadCopies";

/** What a split may be based on, each computed only where it is needed. */
interface SplitSource {
  /** ascending, epoch ms */
  times?: Float64Array;
  /** of each row's content */
  hashes(): Float64Array;
  groups(): ArrayLike<string | number | null>;
  /**
   * first row with the same features, per row; and whether a column is measured so finely that equal rows must be
   * copies
   */
  copies(): { groups: Int32Array; areContinuous: boolean };
}

const minTrainingRows = 10;

/**
 * Splits labelled rows as the spec says: by time, by class or by group. AppError rejected when a part lacks rows or a
 * class that it needs.
 */
export function splitRows(
  spec: UsecaseSpec,
  label: Pick<PreparedData, "classes" | "target" | "values">,
  rows: SplitSource,
): RowSplit {
  const parts = partsOf(spec, label, rows);
  checkParts(parts, label.classes, label.values ? new Int32Array(label.values.length) : label.target);
  return parts;
}

function partsOf(
  { split, horizonHours, seed }: UsecaseSpec,
  { target, values }: Pick<PreparedData, "target" | "values">,
  rows: SplitSource,
): RowSplit {
  const days = rows.times && { blocks: Int32Array.from(rows.times, (time) => Math.floor(time / dayMs)) };
  if (split.kind === "time") {
    const parts = splitByTime(rows.times as Float64Array, split, (horizonHours ?? 0) * hourMs);
    return { ...parts, blocks: (days as { blocks: Int32Array }).blocks, blockUnit: "day" };
  }
  if (split.kind === "group") return { ...splitByGroup(rows.groups(), seed, split), blockUnit: "group" };
  const classes = values ? tenths(values) : target;
  const { blocks, ...places } = stratifiedPlaces(split, classes, values, rows);
  const parts = splitStratified(classes, places, split);
  return { ...parts, ...(days ? { ...days, blockUnit: "day" } : { blocks, blockUnit: "row" }) };
}

/**
 * Copies of a row stay in one part, and are drawn as one. Where equal rows are events of their own (by what the labels
 * say, or the spec), they go to all parts: a combination that hundreds of rows share would otherwise be in one part of
 * the data alone.
 */
function stratifiedPlaces(
  { copies: wanted }: { copies?: "together" | "apart" },
  classes: Int32Array,
  values: Float64Array | undefined,
  { copies, hashes }: SplitSource,
): Places & { blocks: Int32Array } {
  const { groups, areContinuous } = copies();
  const areEvents = () => !areContinuous && areEventsOfTheirOwn(groups, values ?? classes);
  const isApart = wanted === undefined ? areEvents() : wanted === "apart";
  if (!isApart) return { groups, hashes: hashes(), blocks: groups };
  return { ...spreadCopies(classes, hashes(), values), blocks: Int32Array.from(classes, (_code, row) => row) };
}

/**
 * The tenth of the sorted values that each lies in, so that parts hold high and low ones alike; equal values share one.
 */
function tenths(values: Float64Array): Int32Array {
  const sorted = values.slice().sort();
  const edges = Array.from({ length: 9 }, (_, i) => sorted[Math.floor(((i + 1) * sorted.length) / 10)]);
  return Int32Array.from(values, (value) => edges.filter((edge) => value >= edge).length);
}

function checkParts({ trainRows, holdoutRows, folds }: RowSplit, classes: string[], target: Int32Array): void {
  const of = `of the ${target.length} labelled rows`;
  if (trainRows.length < minTrainingRows)
    throw new AppError(
      "rejected",
      `only ${trainRows.length} ${of} are for training; at least ${minTrainingRows} are needed: add data, or check the spec's split`,
    );
  if (holdoutRows.length === 0)
    throw new AppError("rejected", `none ${of} are in the hold-out: add newer data, or check the spec's split`);
  const lacking = (rows: Int32Array) => {
    const present = new Set<number>();
    for (const row of rows) present.add(target[row]);
    return classes.filter((_name, code) => !present.has(code)).map((name) => `"${name}"`);
  };
  const absent = lacking(trainRows);
  if (absent.length > 0)
    throw new AppError("rejected", `there are no training rows of class ${absent.join(", ")}: add data that has some`);
  for (const [i, fold] of folds.entries()) {
    const name = `fold ${i + 1} of ${folds.length}`;
    const advice = "add data, or lower split.folds in the spec";
    if (fold.validation.length === 0) throw new AppError("rejected", `${name} has no validation rows: ${advice}`);
    const missing = lacking(fold.train);
    if (missing.length > 0)
      throw new AppError("rejected", `${name} has no training rows of class ${missing.join(", ")}: ${advice}`);
  }
}
