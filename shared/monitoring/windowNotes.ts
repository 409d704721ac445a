import { figure } from "../figure";
import { dayMs } from "../time";
import type { DriftResult } from "./drift";
import type { DriftSettings } from "./driftSettings";

const yearDays = 365;
/** four weeks around count as the same season */
const seasonDays = 28;

/**
 * What the period of the training rows means for the window: if they cover other seasons, a difference may be seasonal.
 */
export function seasonNote({ from, to }: { from: string; to: string }, window: { from: Date; to: Date }): string {
  const days = (Date.parse(to) - Date.parse(from)) / dayMs;
  const span = `the training rows cover ${from.slice(0, 10)} to ${to.slice(0, 10)}`;
  const length = Math.max(1, Math.round((window.to.getTime() - window.from.getTime()) / dayMs));
  const held = `this window of ${length} ${length === 1 ? "day" : "days"}`;
  if (days >= yearDays - seasonDays)
    return `${span}: all seasons, while ${held} falls in one, so a difference may be seasonal`;
  return holdsSeason(Date.parse(from), days, window.to)
    ? `${span}: more seasons than ${held}, so a difference may be seasonal`
    : `${span}: a different season from ${held}, so a difference may be seasonal`;
}

/** Whether the day of the year lies in the span that starts at `from`, or within the length of a season of it. */
function holdsSeason(from: number, days: number, at: Date): boolean {
  const sinceStart = (((at.getTime() - from) / dayMs) % yearDays) + yearDays;
  const day = sinceStart % yearDays;
  return day <= days + seasonDays || day >= yearDays - seasonDays;
}

/** Why a window has no verdict for lack of rows, and which settings would give it one. */
export function tooFewRows(rows: number, hours: number, { minRows, windowHours }: DriftSettings): string {
  const span = `${rows === 0 ? "no row was" : `${rows} rows were`} captured in the last ${figure(hours)} hours`;
  const needed = `${minRows} are needed (monitors.drift.minRows)`;
  if (rows === 0) return `${span}; ${needed}`;
  const enough = Math.ceil((hours * minRows) / rows / 24) * 24;
  return `${span}; ${needed}: at this rate set monitors.drift.maxWindowHours to ${Math.max(enough, windowHours)} or more, or minRows to ${rows} or less`;
}

/**
 * The result with a note of captured requests that could not be read; without a readable one no feature can be judged.
 */
export function withUnreadable(result: DriftResult, rows: number, requests: number): DriftResult {
  if (requests === 0) return result;
  const told = `${requests} captured ${requests === 1 ? "request" : "requests"} could not be read`;
  if (rows > 0) return { ...result, notes: [...result.notes, `${told}: their rows are not judged`] };
  const failed = { verdict: "failed" as const, reason: `${told}, and no other was captured` };
  return { ...result, ...failed, features: result.features.map((feature) => ({ ...feature, ...failed })) };
}

/** The result with what the window's length and time say about it. */
export function withWindow(
  result: DriftResult,
  rows: number,
  window: { from: Date; to: Date; hours: number },
): DriftResult {
  if (rows < result.settings.minRows) return { ...result, reason: tooFewRows(rows, window.hours, result.settings) };
  const { baselineSpan, notes } = result;
  return baselineSpan === undefined ? result : { ...result, notes: [...notes, seasonNote(baselineSpan, window)] };
}
