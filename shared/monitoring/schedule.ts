import { z } from "zod";
import { messageOf } from "../errors";
import { parseNcrontab, type Schedule } from "../ncrontab";
import { dayMs, hourMs } from "../time";

const named: Record<string, string> = { hourly: "0 0 * * * *", daily: "0 0 0 * * *", weekly: "0 0 0 * * 1" };
const days = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];
const dayAndTime = new RegExp(`^(daily|${days.join("|")})\\s+([01]?\\d|2[0-3]):([0-5]\\d)$`, "i");
const shapes =
  'use "hourly", "daily", "weekly", "daily 12:00", "Monday 11:00", or an NCRONTAB expression of six fields';

/** A window is evaluated so long after its end, so that what was captured in its last seconds is written by then. */
const settleMs = 2 * 60_000;

/** The schedule as an NCRONTAB expression; throws where it is none. */
function expressionOf(text: string): string {
  const word = named[text.trim().toLowerCase()];
  if (word !== undefined) return word;
  const [, day, hour, minute] = dayAndTime.exec(text.trim()) ?? [];
  if (day === undefined) return text;
  const weekday = days.indexOf(day.toLowerCase());
  return `0 ${Number(minute)} ${Number(hour)} * * ${weekday < 0 ? "*" : weekday}`;
}

/** When something comes due, as a person writes it. */
export const scheduleText = z
  .string()
  .max(200)
  .superRefine((text, context) => {
    try {
      const { isFrequent } = parseNcrontab(expressionOf(text));
      if (isFrequent) context.addIssue({ code: "custom", message: "a schedule comes at most once a minute" });
    } catch (error) {
      context.addIssue({ code: "custom", message: `${messageOf(error)}: ${shapes}` });
    }
  });

export const timeZoneName = z
  .string()
  .refine(isTimeZone, 'a time zone of the IANA list is needed, as "Europe/Helsinki"');

function isTimeZone(name: string): boolean {
  try {
    // an offset is taken too, but knows no daylight saving: a name is what people mean
    return /^[A-Za-z]/.test(name) && new Intl.DateTimeFormat("en", { timeZone: name }) !== undefined;
  } catch {
    return false;
  }
}

/** The settings that say when a signal is evaluated, with its usual schedule. */
export function scheduleFields(usual: "hourly" | "daily" | "weekly") {
  return {
    /** "hourly", "daily", "weekly" (Monday), "daily 12:00", "Monday 11:00", or NCRONTAB of six fields */
    schedule: scheduleText.default(usual),
    /** of the schedule, and of the days that a window counts (IANA) */
    timeZone: timeZoneName.default("UTC"),
  };
}

/** When windows end, by a signal's settings. */
export interface WindowSchedule {
  /** the end of the newest window that is due for evaluation; undefined where none ever was */
  due(now: Date): Date | undefined;
  /** when the next window falls due, after `now` */
  nextDue(now: Date): Date;
  /** the ends of windows in a range, `from` inclusive and `to` exclusive, newest first; at most `limit` */
  ends(from: Date, to: Date, limit: number): Date[];
}

const known = new Map<string, WindowSchedule>();
const mostKnown = 1000;

/** The window ends of a schedule whose text has been checked. */
export function windowSchedule({ schedule, timeZone }: { schedule: string; timeZone: string }): WindowSchedule {
  const key = `${schedule} ${timeZone}`;
  let found = known.get(key);
  if (found === undefined) {
    if (known.size >= mostKnown) known.clear();
    found = new CronWindows(parseNcrontab(expressionOf(schedule), timeZone));
    known.set(key, found);
  }
  return found;
}

class CronWindows implements WindowSchedule {
  /** the newest answer and until when it holds: a thousand models ask for the same one */
  private answer?: { end: Date; nextMs: number };

  constructor(private readonly cron: Schedule) {}

  due(now: Date): Date | undefined {
    const settledMs = now.getTime() - settleMs;
    if (this.answer && settledMs >= this.answer.end.getTime() && settledMs < this.answer.nextMs) return this.answer.end;
    const [end] = this.cron.last(new Date(settledMs), 1);
    if (end !== undefined) this.answer = { end, nextMs: this.cron.next(end).getTime() };
    return end;
  }

  nextDue(now: Date): Date {
    return new Date(this.cron.next(new Date(now.getTime() - settleMs)).getTime() + settleMs);
  }

  ends(from: Date, to: Date, limit: number): Date[] {
    const found: Date[] = [];
    let before = to;
    while (found.length < limit) {
      const [end] = this.cron.last(new Date(before.getTime() - 1), 1);
      if (end === undefined || end < from) break;
      found.push(end);
      before = end;
    }
    return found;
  }
}

/**
 * The start of a window of so many hours that ends at an instant. Whole days are days of the time zone: one of them has
 * 23 hours and another 25 where clocks are changed.
 */
export function windowStart(end: Date, hours: number, timeZone: string): Date {
  const count = hours / 24;
  const plain = new Date(end.getTime() - hours * hourMs);
  if (timeZone === "UTC" || count < 1 || !Number.isInteger(count)) return plain;
  const wanted = wallClock(end, timeZone) - count * dayMs;
  // what the clocks of the zone were ahead of UTC about then; a second look where they changed in between
  let start = plain.getTime();
  for (let look = 0; look < 2; look++) start += wanted - wallClock(new Date(start), timeZone);
  return new Date(start);
}

/** What the clocks of a zone show at an instant, as ms of a UTC day and time. */
function wallClock(instant: Date, timeZone: string): number {
  const parts = formatOf(timeZone).formatToParts(instant);
  const [year, month, day, hour, minute, second] = ["year", "month", "day", "hour", "minute", "second"].map((type) =>
    Number(parts.find((part) => part.type === type)?.value),
  );
  return Date.UTC(year, month - 1, day, hour, minute, second, instant.getMilliseconds());
}

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(timeZone: string): Intl.DateTimeFormat {
  let format = formats.get(timeZone);
  if (format === undefined) {
    const numeric = "numeric" as const;
    const fields = { year: numeric, month: numeric, day: numeric, hour: numeric, minute: numeric, second: numeric };
    format = new Intl.DateTimeFormat("en-u-ca-iso8601", { timeZone, hourCycle: "h23", ...fields });
    formats.set(timeZone, format);
  }
  return format;
}
