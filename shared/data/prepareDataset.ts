import { AppError } from "../errors";
import type { CategoryColumn, FeatureTable, FeatureType } from "../featureTable";
import type { SqlColumns, SqlSession } from "../ports";
import { featureColumn, sliceColumn } from "../sql/columnNames";
import { columnsToSliceOnly } from "../usecase/evaluationSpec";
import { featureType, labelClasses, taskOf } from "../usecase/specTask";
import type { UsecaseSpec } from "../usecase/usecaseSpec";
import { checkDataset, checkedTable } from "./checkDataset";
import { copyGroups, haveContinuousColumn } from "./copyGroups";
import { hashRows } from "./hashRows";
import { buildLabelledRows, versionTable } from "./labelledRows";
import { refuseCells } from "./overLimit";
import type { PreparedData } from "./preparedData";
import type { RowSplit } from "./rowSplit";
import { splitRows } from "./splitRows";

/** A dataset version's file in the session's folder. */
export interface DatasetFile {
  version: number;
  path: string;
}

/**
 * Unites, labels and splits all dataset versions of a use case. AppError rejected when a version does not fit the spec
 * as it is now, or there is too little to train on.
 */
export async function prepareDataset(
  session: SqlSession,
  files: DatasetFile[],
  spec: UsecaseSpec,
): Promise<PreparedData> {
  await loadVersions(session, files, spec);
  const versions = files.map(({ version }) => version);
  const { columns: found, counts } = await buildLabelledRows(session, versions, spec);
  const { rowCount, columns } = found;
  const label = labelOf(spec, columns);
  const times = spec.time === undefined ? undefined : (columns.time as Float64Array);
  const split = splitFound(spec, label, times, found);
  const { positive } = spec.label;
  return {
    ...label,
    positiveIndex: positive === undefined ? undefined : label.classes.indexOf(positive),
    ...tablesOf(spec, found, split.trainRows),
    times,
    ...split,
    source: {
      version: Int32Array.from(columns.version as Float64Array),
      row: Int32Array.from(columns.row as Float64Array),
    },
    counts: { ...counts, gap: rowCount - split.trainRows.length - split.holdoutRows.length },
  };
}

/** Loads each version's typed rows into its table; refuses more of them together than the use case takes. */
async function loadVersions(session: SqlSession, files: DatasetFile[], spec: UsecaseSpec): Promise<void> {
  let rows = 0;
  for (const file of files) {
    rows += await loadVersion(session, file, spec);
    refuseCells(spec, rows, `the dataset versions ${files[0].version} to ${file.version} have`);
  }
}

function splitFound(
  spec: UsecaseSpec,
  label: Label,
  times: Float64Array | undefined,
  { rowCount, columns }: SqlColumns,
): RowSplit {
  const features = spec.features.map((_name, i) => columns[featureColumn(i)]);
  return splitRows(spec, label, {
    times,
    hashes: () => hashRows(features, rowCount, spec.seed),
    groups: () => columns.group,
    copies: () => {
      const groups = copyGroups(features, rowCount);
      return { groups, areContinuous: haveContinuousColumn(features, groups) };
    },
  });
}

/** The features, and the columns that are there to slice by only. */
function tablesOf(
  spec: UsecaseSpec,
  found: SqlColumns,
  trainRows: Int32Array,
): Pick<PreparedData, "table" | "sliceTable"> {
  const table = tableOf(found, spec, { names: spec.features, column: featureColumn }, trainRows);
  const slices = columnsToSliceOnly(spec);
  if (slices.length === 0) return { table, sliceTable: undefined };
  return { table, sliceTable: tableOf(found, spec, { names: slices, column: sliceColumn }, everyRow(found.rowCount)) };
}

/** The label of each row as its task has it, and, where there is a horizon, its observed current state. */
function labelOf(spec: UsecaseSpec, columns: SqlColumns["columns"]): Label {
  const hasState = spec.horizonHours !== undefined;
  if (taskOf(spec) === "regression") {
    const values = columns.label as Float64Array;
    const currentValue = hasState ? (columns.current as Float64Array) : undefined;
    return { task: "regression", classes: [], target: new Int32Array(0), values, currentValue };
  }
  const classes = labelClasses(spec) as string[];
  const currentClass = hasState ? codesOf(columns.current, classes) : undefined;
  return { task: "classification", classes, target: codesOf(columns.label, classes), currentClass };
}

type Label = Pick<PreparedData, "task" | "classes" | "target" | "values" | "currentClass" | "currentValue">;

/**
 * Gives the version's rows. Checks again: the spec may have changed since the version was accepted, and then its cells
 * would be lost silently.
 */
async function loadVersion(session: SqlSession, { version, path }: DatasetFile, spec: UsecaseSpec): Promise<number> {
  const check = await checkDataset(session, path, spec);
  if (!check.accepted)
    throw new AppError(
      "rejected",
      `dataset version ${version} does not fit the use case as it is now (${check.reasonCount} faults): ${check.reasons[0].message}`,
      { details: check.reasons.map(({ column, message }) => ({ path: column ?? "", message })) },
    );
  await session.run(`DROP TABLE IF EXISTS ${versionTable(version)}`);
  await session.run(`ALTER TABLE ${checkedTable} RENAME TO ${versionTable(version)}`);
  return check.rowCount;
}

function codesOf(values: SqlColumns["columns"][string], levels: readonly string[]): Int32Array {
  const index = new Map(levels.map((level, i) => [level, i]));
  return Int32Array.from(values as (string | null)[], (value) => (value === null ? -1 : (index.get(value) ?? -1)));
}

/** The columns `names` of the spec, each read as its `column`; levels of categories are what the rows `rows` hold. */
function tableOf(
  { rowCount, columns }: SqlColumns,
  spec: UsecaseSpec,
  { names, column }: { names: string[]; column: (position: number) => string },
  rows: Int32Array,
): FeatureTable {
  const ofType = (type: FeatureType) =>
    names.map((name, i) => ({ name, key: column(i) })).filter(({ name }) => featureType(spec, name) === type);
  return {
    rowCount,
    numbers: ofType("number").map(({ name, key }) => ({
      name,
      values: Float32Array.from(columns[key] as Float64Array),
    })),
    categories: ofType("category").map(({ name, key }) =>
      categoryColumn(name, columns[key] as (string | null)[], rows),
    ),
  };
}

/**
 * For features, `rows` are the training rows: a value that only the hold-out has must read as unseen, as it would when
 * scored.
 */
function categoryColumn(name: string, values: (string | null)[], rows: Int32Array): CategoryColumn {
  const seen = new Set<string>();
  for (const row of rows) if (values[row] !== null) seen.add(values[row]);
  const levels = [...seen].sort();
  return { name, levels, codes: codesOf(values, levels) };
}

function everyRow(rowCount: number): Int32Array {
  return Int32Array.from({ length: rowCount }, (_, row) => row);
}
