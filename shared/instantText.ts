/** as most systems write it, which the engine itself reads fast */
const usual = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{3})?Z$/;
/** The groups: date, time to the minute, seconds with fractions, offset sign, hours and minutes. */
const general =
  /^(\d{4}-\d{2}-\d{2})(?:[T ]([01]\d|2[0-3]|24(?=:00(?!:00\.|:0[1-9]|:[1-5]))):([0-5]\d)(?::([0-5]\d)(\.\d{1,9})?)?)?\s?(?:Z|([+-])([01]\d)(?::?([0-5]\d))?)?$/;

/**
 * The instant that a text names, epoch ms, read as cells of a dataset are (`instantSql`): ISO 8601, or the same with a
 * space and without seconds or time; without a zone it is UTC. Undefined for anything else.
 */
export function instantOf(text: string): number | undefined {
  if (usual.test(text)) return Date.parse(text);
  const parts = general.exec(text.trim());
  if (parts === null) return undefined;
  const [, date, hour = "00", minute = "00", second = "00", fraction = "", sign, offsetHour = "0", offsetMinute = "0"] =
    parts;
  const day = new Date(`${date}T00:00:00Z`);
  if (Number.isNaN(day.getTime()) || !day.toISOString().startsWith(date)) return undefined; // 30 February
  const local = day.getTime() + 1000 * (60 * (60 * Number(hour) + Number(minute)) + Number(second));
  const offsetMinutes = (sign === "-" ? -1 : 1) * (60 * Number(offsetHour) + Number(offsetMinute));
  return local + Math.trunc(1000 * Number(`0${fraction}`)) - (sign === undefined ? 0 : 60_000 * offsetMinutes);
}
