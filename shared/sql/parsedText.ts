import { literal } from "./sqlText";

/** SQL of a text as DOUBLE; NULL where it is not a number, as is "1_000", which SQL alone would take for one. */
export function numberSql(text: string): string {
  return `CASE WHEN contains(${text}, '_') THEN NULL ELSE TRY_CAST(${text} AS DOUBLE) END`;
}

const usual = String.raw`\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(\.\d{1,9})?Z?`;
/** The groups: date, time to the minute, seconds, offset sign, hours and minutes. */
const general = String.raw`^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(:\d{2}(?:\.\d{1,9})?)?)?\s?(?:Z|([+-])([01]\d)(?::?([0-5]\d))?)?$`;

/**
 * SQL of the instant that a text names, epoch ms: ISO 8601, or the same with a space and without seconds or time;
 * without a zone it is UTC. NULL for anything else.
 */
export function instantSql(text: string): string {
  const part = (group: number) => `regexp_extract(${text}, ${literal(general)}, ${group})`;
  const orElse = (group: number, otherwise: string) => `coalesce(nullif(${part(group)}, ''), '${otherwise}')`;
  const local = `TRY_CAST(${part(1)} || ' ' || ${orElse(2, "00:00")} || ${orElse(3, ":00")} AS TIMESTAMP)`;
  // the cast itself would read an offset and ignore it
  const offsetMs = `(CAST(${orElse(4, "+")} || '60000' AS BIGINT) * (60 * CAST(${orElse(5, "0")} AS BIGINT) + CAST(${orElse(6, "0")} AS BIGINT)))`;
  return `CASE WHEN regexp_full_match(${text}, ${literal(usual)}) THEN epoch_ms(TRY_CAST(${text} AS TIMESTAMP)) ELSE epoch_ms(${local}) - ${offsetMs} END`;
}
