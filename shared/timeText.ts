/**
 * An instant for people: "2013-07-01 00:00 UTC"; seconds only where there are some. Text that is not an ISO instant
 * stays as it is.
 */
export function timeText(instant: string): string {
  const parts = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d)(?::(\d\d)(?:\.\d+)?)?Z$/.exec(instant);
  if (parts === null) return instant;
  const [, day, minutes, seconds = "00"] = parts;
  return `${day} ${minutes}${seconds === "00" ? "" : `:${seconds}`} UTC`;
}
