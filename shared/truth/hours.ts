import { dayMs, hourMs, hourPath, startOfHour } from "../time";

/** The hours (UTC) of a range, `to` exclusive, as paths. */
export function hoursOf({ from, to }: { from: Date; to: Date }): string[] {
  const hours: string[] = [];
  for (let at = startOfHour(from.getTime()); at < to.getTime(); at += hourMs) hours.push(hourPath(new Date(at)));
  return hours;
}

/** The start of the hour that a path names. */
export function hourOfPath(path: string): Date {
  const [year, month, day, hour] = path.split("/");
  return new Date(`${year}-${month}-${day}T${hour}:00:00Z`);
}

/** The hour that a path names, as a range. */
export function rangeOfHour(path: string): { from: Date; to: Date } {
  const from = hourOfPath(path);
  return { from, to: new Date(from.getTime() + hourMs) };
}

const longDays = 3;

/**
 * Paths that together hold some hours: of these hours if they are few, else of their days or their months, since one
 * listing of a month costs less than those of its days.
 */
export function pathsHolding(hours: Iterable<string>): string[] {
  const all = [...new Set(hours)];
  if (all.length <= 2) return all;
  const cut = new Set(all.map((hour) => hour.slice(0, "2013/07/01".length)));
  if (cut.size <= longDays) return [...cut];
  return [...new Set(all.map((hour) => hour.slice(0, "2013/07".length)))];
}

/** A range that reaches further at both ends, in hours. */
export function widened({ from, to }: { from: Date; to: Date }, before: number, after: number) {
  return { from: new Date(from.getTime() - before * hourMs), to: new Date(to.getTime() + after * hourMs) };
}

/** The newest days up to `now`. */
export function lastDays(now: Date, days: number) {
  return { from: new Date(now.getTime() - days * dayMs), to: new Date(now.getTime() + 1) };
}
