import { dayMs } from "../time";

const formats = new Map<string, Intl.DateTimeFormat>();

/**
 * Whether clocks of one time zone showed each of these times twice, because daylight saving ended. `times`: what the
 * clocks showed, read as UTC, epoch ms.
 */
export function areShownTwice(times: number[]): boolean {
  if (times.length === 0) return false;
  return Intl.supportedValuesOf("timeZone").some((zone) => times.every((time) => isShownTwice(zone, time)));
}

function isShownTwice(zone: string, time: number): boolean {
  const before = offsetMs(zone, time - dayMs);
  const after = offsetMs(zone, time + dayMs);
  return before > after && offsetMs(zone, time - before) === before && offsetMs(zone, time - after) === after;
}

/** How far the zone's clocks are ahead of UTC at an instant. */
function offsetMs(zone: string, instant: number): number {
  const format = formats.get(zone) ?? zoneFormat(zone);
  formats.set(zone, format);
  const parts = Object.fromEntries(format.formatToParts(instant).map(({ type, value }) => [type, Number(value)]));
  const shown = Date.UTC(parts.year, parts.month - 1, parts.day, parts.hour, parts.minute, parts.second);
  return shown - Math.floor(instant / 1000) * 1000;
}

function zoneFormat(timeZone: string): Intl.DateTimeFormat {
  const two = "2-digit";
  const day = { year: "numeric", month: two, day: two } as const;
  return new Intl.DateTimeFormat("en-US", { timeZone, ...day, hour: two, minute: two, second: two, hourCycle: "h23" });
}
