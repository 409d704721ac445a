import { ownValue } from "../ownValue";
import type { SqlSession } from "../ports";
import { differsColumn, rowNumber, trimmedColumn } from "../sql/columnNames";
import { dayMs } from "../time";
import type { UsecaseSpec } from "../usecase/usecaseSpec";
import type { RejectionReason } from "./rejectionReason";
import { areShownTwice } from "./repeatedHour";
import { columnId, keyColumns, positionOf } from "./specColumns";

/** What repeated times (of an entity) mean for a file. */
interface DuplicateCheck {
  reasons: RejectionReason[];
  reasonCount: number;
  notes: string[];
}

const maxKeys = 20;
const byZone =
  "clocks showed this hour twice when daylight saving ended, and the times have no zone: write them in UTC or with their offset, as 2024-10-27T02:30:00+02:00";
const byEntity = "if they are about different things, make the column that says which the spec's entity";

/**
 * Looks for rows of the typed `table` with the same time and entity: where all features and the label agree they count
 * once, with a note; where they differ nobody can tell which is right, and each such time is a reason to reject the
 * file.
 */
export async function checkDuplicates(session: SqlSession, table: string, spec: UsecaseSpec): Promise<DuplicateCheck> {
  const key = keyColumns(spec);
  if (key.length === 0) return { reasons: [], reasonCount: 0, notes: [] };
  const sources = spec.features.map((name) => ownValue(spec.derived, name)?.column ?? name);
  const used = [...new Set([...sources, spec.label.column])];
  const differs = used.map((name, i) => `${varies(columnId(spec, name))} AS ${differsColumn(i)}`);
  const groups = `SELECT ${key[0]} AS shown, count(*) AS copies, list_sort(list(${rowNumber})) AS row_list, ${differs.join(", ")} FROM ${table} GROUP BY ${key.join(", ")} HAVING count(*) > 1`;
  const any = used.map((_name, i) => differsColumn(i)).join(" OR ");
  const [totals] = await session.rows(
    `SELECT coalesce(sum(copies - 1), 0) AS repeated, count_if(${any}) AS contradictions FROM (${groups})`,
  );
  const what = `time${spec.entity === undefined ? "" : " and entity"}`;
  if (Number(totals.contradictions) > 0) {
    const found = await session.rows(
      `SELECT * EXCLUDE (shown, row_list), row_list[1] AS first_row, row_list[2] AS second_row FROM (${groups}) WHERE ${any} ORDER BY first_row LIMIT ${maxKeys}`,
    );
    const isRepeated = await isRepeatedHour(session, spec, `SELECT * FROM (${groups}) WHERE ${any}`);
    const advice = isRepeated ? `; ${byZone}` : spec.entity === undefined ? `; ${byEntity}` : "";
    const reasons = found.map((group) => contradiction(group, used, what, advice));
    return { reasons, reasonCount: Number(totals.contradictions), notes: [] };
  }
  const repeated = Number(totals.repeated);
  const notes =
    repeated > 0 ? [`${repeated} rows repeat the ${what} of another with the same values; they count once`] : [];
  return { reasons: [], reasonCount: 0, notes };
}

const maxDays = 100;

/**
 * Whether the contradictions are those of one hour that clocks showed twice: times without a zone, all of them in hours
 * at which daylight saving ended somewhere.
 */
async function isRepeatedHour(session: SqlSession, spec: UsecaseSpec, contradictions: string): Promise<boolean> {
  const text = trimmedColumn(positionOf(spec, spec.time as string));
  const days = await session.rows(
    `SELECT min(shown) AS first, max(shown) AS last, bool_or(regexp_matches(${text}, '\\d{2}:\\d{2}.*(Z|[+-]\\d{2}(:?\\d{2})?)$')) AS zoned
       FROM (${contradictions}) contradiction JOIN raw ON raw.${rowNumber} = contradiction.row_list[2] GROUP BY shown // ${dayMs} ORDER BY first LIMIT ${maxDays}`,
  );
  if (days.length === maxDays || days.some(({ zoned }) => zoned === true)) return false;
  return areShownTwice(days.flatMap(({ first, last }) => [Number(first), Number(last)]));
}

/** SQL: whether a column differs within a group; a value beside a missing one differs too. */
function varies(column: string): string {
  return `(min(${column}) <> max(${column}) OR count(${column}) NOT IN (0, count(*))) IS TRUE`;
}

function contradiction(group: Record<string, unknown>, used: string[], what: string, advice: string): RejectionReason {
  const columns = used.filter((_name, i) => group[differsColumn(i)] === true);
  const more = Number(group.copies) > 2 ? ` (and ${Number(group.copies) - 2} more)` : "";
  return {
    row: Number(group.second_row),
    column: columns[0],
    message: `rows ${group.first_row} and ${group.second_row}${more} have the same ${what} but differ in ${columns.slice(0, 8).join(", ")}${advice}`,
  };
}
