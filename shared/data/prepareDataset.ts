import { AppError } from "../errors";
import type { SqlColumns, SqlSession } from "../ports";
import { labelClasses, type UsecaseSpec } from "../usecase/usecaseSpec";
import { type CategoryColumn, type FeatureTable, gather } from "./featureTable";
import { buildLabelledRows } from "./labelledRows";
import type { PreparedData } from "./preparedData";
import { readDataset, typeDataset } from "./readDataset";
import { type RowSplit, splitRows } from "./splitRows";

/** A dataset version's file on disk. */
export interface DatasetFile {
  version: number;
  path: string;
}

const dayMs = 86_400_000;
const minTrainingRows = 10;

/** Unites, labels and splits all dataset versions of a use case; AppError rejected says what is lacking for training. */
export async function prepareDataset(
  session: SqlSession,
  files: DatasetFile[],
  spec: UsecaseSpec,
): Promise<PreparedData> {
  for (const { version, path } of files) {
    await readDataset(session, path);
    await typeDataset(session, spec, `v${version}`);
  }
  const { columns, counts } = await buildLabelledRows(
    session,
    files.map(({ version }) => version),
    spec,
  );
  const classes = labelClasses(spec) as string[];
  const target = codesOf(columns.columns.label, classes);
  const times = spec.time === undefined ? undefined : (columns.columns.time as Float64Array);
  const split = splitRows(spec, target, times);
  checkEnough(split, target, classes, columns.rowCount);
  const { label } = spec;
  return {
    classes,
    positiveIndex: label.positive === undefined ? undefined : classes.indexOf(label.positive),
    table: featureTable(columns, spec, split.trainRows),
    target,
    times,
    blocks: Int32Array.from({ length: columns.rowCount }, (_, row) => (times ? Math.floor(times[row] / dayMs) : row)),
    currentClass: spec.horizonHours === undefined ? undefined : codesOf(columns.columns.current, classes),
    ...split,
    source: {
      version: Int32Array.from(columns.columns.version as Float64Array),
      row: Int32Array.from(columns.columns.row as Float64Array),
    },
    counts: { ...counts, gap: columns.rowCount - split.trainRows.length - split.holdoutRows.length },
  };
}

function codesOf(values: SqlColumns["columns"][string], levels: readonly string[]): Int32Array {
  const index = new Map(levels.map((level, i) => [level, i]));
  return Int32Array.from(values as (string | null)[], (value) => (value === null ? -1 : (index.get(value) ?? -1)));
}

function featureTable({ rowCount, columns }: SqlColumns, spec: UsecaseSpec, trainRows: Int32Array): FeatureTable {
  const ofType = (type: string) =>
    spec.features.map((name, i) => ({ name, key: `f${i}` })).filter(({ name }) => spec.columns[name].type === type);
  return {
    rowCount,
    numbers: ofType("number").map(({ name, key }) => ({
      name,
      values: Float32Array.from(columns[key] as Float64Array),
    })),
    categories: ofType("category").map(({ name, key }) =>
      categoryColumn(name, columns[key] as (string | null)[], trainRows),
    ),
  };
}

/** Levels are what the training rows hold: a value that only the hold-out has must read as unseen, as it would when scored. */
function categoryColumn(name: string, values: (string | null)[], trainRows: Int32Array): CategoryColumn {
  const seen = new Set<string>();
  for (const row of trainRows) if (values[row] !== null) seen.add(values[row]);
  const levels = [...seen].sort();
  return { name, levels, codes: codesOf(values, levels) };
}

function checkEnough(
  { trainRows, holdoutRows }: RowSplit,
  target: Int32Array,
  classes: string[],
  labelled: number,
): void {
  if (trainRows.length < minTrainingRows)
    throw new AppError(
      "rejected",
      `${trainRows.length} of ${labelled} labelled rows are for training; at least ${minTrainingRows} are needed`,
    );
  if (holdoutRows.length === 0)
    throw new AppError("rejected", `none of ${labelled} labelled rows is in the hold-out: check the split of the spec`);
  const present = new Set(gather(target, new Int32Array(trainRows.length), trainRows));
  const absent = classes.filter((_name, code) => !present.has(code));
  if (absent.length > 0)
    throw new AppError("rejected", `the training rows have no row of the class ${absent.join(", ")}`);
}
