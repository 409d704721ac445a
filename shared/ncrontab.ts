import { Cron } from "croner";

const fieldNames = ["second", "minute", "hour", "day", "month", "day of week"];
const monthNames = "JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC";
const dayNames = "SUN|MON|TUE|WED|THU|FRI|SAT";

/** When a timer is due. */
export interface Schedule {
  /** the first occurrence after `from` */
  next(from: Date): Date;
  /** the newest `count` occurrences at or before `at`, newest first; fewer where there were no more */
  last(at: Date, count: number): Date[];
  /** occurrences less than a minute apart, for which the real host keeps no status */
  isFrequent: boolean;
}

const secondMs = 1000;

/**
 * Reads an NCRONTAB expression of six fields, or five (seconds = 0), in a time zone (IANA). An occurrence in the hour
 * that a change of the clocks leaves out comes at the end of the gap, one in the hour that comes twice only the first
 * time. Throws on what other crons have and NCRONTAB
 * lacks (https://learn.microsoft.com/azure/azure-functions/functions-bindings-timer#ncrontab-expressions).
 */
export function parseNcrontab(expression: string, timeZone = "Etc/UTC"): Schedule {
  const fields = expression.trim().split(/\s+/);
  if (fields.length === 5) fields.unshift("0");
  if (fields.length !== 6) {
    throw new Error(`the schedule "${expression}" has ${fields.length} fields where NCRONTAB has six (or five)`);
  }
  fields.forEach((field, index) => {
    checkField(field, index, expression);
  });
  // Day and day of week must both match, unlike in classic cron.
  const cron = new Cron(fields.join(" "), { domAndDow: true, timezone: timeZone, paused: true });
  const next = (from: Date) => {
    const date = cron.nextRun(from);
    if (!date) throw new Error(`the schedule "${expression}" never comes due`);
    return date;
  };
  const first = next(new Date(0));
  const isFrequent = next(first).getTime() - first.getTime() < 60_000;
  // croner counts whole seconds, and leaves out the instant that it is given
  const last = (at: Date, count: number) =>
    cron.previousRuns(count, new Date(Math.floor(at.getTime() / secondMs) * secondMs + secondMs));
  return { next, last, isFrequent };
}

function checkField(field: string, index: number, expression: string): void {
  const names = index === 4 ? `|${monthNames}` : index === 5 ? `|${dayNames}` : "";
  const value = `(?:\\d{1,2}${names})`;
  const item = `(?:\\*|${value}(?:-${value})?)(?:/\\d{1,2})?`;
  const isKnown = new RegExp(`^${item}(?:,${item})*$`, "i").test(field);
  const hasSeven = index === 5 && /(^|[,-])7/.test(field);
  if (isKnown && !hasSeven) return;
  const hint = hasSeven ? " (Sunday is 0)" : "";
  throw new Error(`the ${fieldNames[index]} field "${field}" of the schedule "${expression}" is not NCRONTAB${hint}`);
}
