import { Cron } from "croner";

const fieldNames = ["second", "minute", "hour", "day", "month", "day of week"];
const monthNames = "JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC";
const dayNames = "SUN|MON|TUE|WED|THU|FRI|SAT";

/** When a timer is due, in UTC. */
export interface Schedule {
  /** the first occurrence after `from` */
  next(from: Date): Date;
  /** occurrences less than a minute apart, for which the real host keeps no status */
  isFrequent: boolean;
}

/**
 * Reads an NCRONTAB expression of six fields, or five (seconds = 0); throws on what other crons have and NCRONTAB
 * lacks (https://learn.microsoft.com/azure/azure-functions/functions-bindings-timer#ncrontab-expressions).
 */
export function parseNcrontab(expression: string): Schedule {
  const fields = expression.trim().split(/\s+/);
  if (fields.length === 5) fields.unshift("0");
  if (fields.length !== 6) {
    throw new Error(`the schedule "${expression}" has ${fields.length} fields where NCRONTAB has six (or five)`);
  }
  fields.forEach((field, index) => {
    checkField(field, index, expression);
  });
  // Day and day of week must both match, unlike in classic cron.
  const cron = new Cron(fields.join(" "), { domAndDow: true, timezone: "Etc/UTC", paused: true });
  const next = (from: Date) => {
    const date = cron.nextRun(from);
    if (!date) throw new Error(`the schedule "${expression}" never comes due`);
    return date;
  };
  const first = next(new Date(0));
  const isFrequent = next(first).getTime() - first.getTime() < 60_000;
  return { next, isFrequent };
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
