import { isAppError } from "../errors";
import type { SqlSession } from "../ports";
import type { UsecaseSpec } from "../usecase/usecaseSpec";
import type { RejectionReason } from "./datasetRegistry";
import { identifier, literal, readDataset, rowNumber, typeDataset, typedColumn } from "./readDataset";

/** The verdict on a file: accepted with notes, or the first reasons against it and how many there are. */
export interface DatasetCheck {
  accepted: boolean;
  reasons: RejectionReason[];
  reasonCount: number;
  notes: string[];
  rowCount: number;
  /** rows whose label is known: with a horizon, those whose later state is in the file */
  labelledRowCount: number;
}

const maxReasons = 20;
const checkedTable = "checked";

/** Checks a file against its spec and leaves it typed in the table `checked`; a bad file is a verdict, not an error. */
export async function checkDataset(session: SqlSession, file: string, spec: UsecaseSpec): Promise<DatasetCheck> {
  let names: string[];
  try {
    names = await readDataset(session, file);
  } catch (error) {
    if (isAppError(error, "rejected")) return refused([{ message: error.message }], 1, 0);
    throw error;
  }
  const missing = Object.keys(spec.columns).filter((name) => !names.includes(name));
  if (missing.length > 0)
    return refused(
      missing.map((column) => ({ column, message: `the column "${column}" is missing` })),
      missing.length,
      0,
    );
  const rowCount = await count(session, "SELECT count(*) AS n FROM raw");
  if (rowCount === 0) return refused([{ message: "the file has no rows" }], 1, 0);
  const { reasons, reasonCount } = await cellFaults(session, spec);
  if (reasonCount > 0) return refused(reasons, reasonCount, rowCount);
  await typeDataset(session, spec, checkedTable);
  const ignored = names.filter((name) => !(name in spec.columns));
  const notes =
    ignored.length > 0
      ? [`columns that the use case does not name were ignored: ${ignored.slice(0, 20).join(", ")}`]
      : [];
  notes.push(...(await duplicateNotes(session, spec)));
  return {
    accepted: true,
    reasons: [],
    reasonCount: 0,
    notes,
    rowCount,
    labelledRowCount: await labelledRows(session, spec),
  };
}

function refused(reasons: RejectionReason[], reasonCount: number, rowCount: number): DatasetCheck {
  return {
    accepted: false,
    reasons: reasons.slice(0, maxReasons),
    reasonCount,
    notes: [],
    rowCount,
    labelledRowCount: 0,
  };
}

async function count(session: SqlSession, sql: string): Promise<number> {
  return Number((await session.rows(sql))[0].n);
}

async function cellFaults(
  session: SqlSession,
  spec: UsecaseSpec,
): Promise<{ reasons: RejectionReason[]; reasonCount: number }> {
  const parts = Object.entries(spec.columns).map(
    ([name, column]) =>
      `SELECT ${rowNumber} AS row_at, ${literal(name)} AS col, ${typedColumn(name, column).fault} AS fault FROM raw`,
  );
  await session.run(
    `CREATE OR REPLACE TEMP TABLE faults AS SELECT * FROM (${parts.join(" UNION ALL ")}) WHERE fault IS NOT NULL`,
  );
  const found = await session.rows(`SELECT row_at, col, fault FROM faults ORDER BY row_at, col LIMIT ${maxReasons}`);
  const reasons = found.map(({ row_at, col, fault }) => ({
    row: Number(row_at),
    column: String(col),
    message: `row ${row_at}, column ${col}: ${fault}`,
  }));
  return { reasons, reasonCount: await count(session, "SELECT count(*) AS n FROM faults") };
}

async function duplicateNotes(session: SqlSession, { time, entity }: UsecaseSpec): Promise<string[]> {
  if (time === undefined) return [];
  const key = [time, ...(entity ? [entity] : [])].map(identifier).join(", ");
  const repeated = await count(
    session,
    `SELECT coalesce(sum(c - 1), 0) AS n FROM (SELECT count(*) AS c FROM ${checkedTable} GROUP BY ${key})`,
  );
  return repeated > 0
    ? [`${repeated} rows repeat the time${entity ? " and entity" : ""} of another; the last one in the file counts`]
    : [];
}

function labelledRows(session: SqlSession, spec: UsecaseSpec): Promise<number> {
  const label = identifier(spec.label.column);
  if (spec.horizonHours === undefined || spec.time === undefined)
    return count(session, `SELECT count(*) AS n FROM ${checkedTable} WHERE ${label} IS NOT NULL`);
  const time = identifier(spec.time);
  const sameEntity = spec.entity ? `AND later.e IS NOT DISTINCT FROM now.${identifier(spec.entity)}` : "";
  const entity = spec.entity ? `${identifier(spec.entity)} AS e,` : "";
  return count(
    session,
    `SELECT count(*) AS n FROM ${checkedTable} now SEMI JOIN
       (SELECT ${entity} ${time} AS t FROM ${checkedTable} WHERE ${label} IS NOT NULL) later
       ON later.t = now.${time} + ${spec.horizonHours * 3_600_000} ${sameEntity}`,
  );
}
