import type { DayHistory, DayRange } from "./dayHistory";

/** Which earlier rows a window is compared with. */
export type BaselineKind = "season" | "trailing" | "training";

const yearDays = 365.2425;
/** days on either side that count as the same season */
export const seasonDays = 28;
/** days before a window */
export const trailingDays = 28;
/** days that a baseline needs */
const leastDays = 14;

/**
 * The days that a window is compared with; none where too few are known. The window's own days are never among them,
 * nor, where days of one year stand for those of another, its neighbours.
 */
export function baselineDays(history: DayHistory, window: DayRange, kind: BaselineKind): DayRange[] {
  const ranges = chosen(history, window, kind);
  return history.known(ranges) >= leastDays ? ranges : [];
}

function chosen(history: DayHistory, window: DayRange, kind: BaselineKind): DayRange[] {
  const { from, to } = window;
  switch (kind) {
    case "training":
      return [
        { from: history.first, to: from },
        { from: to, to: history.end },
      ];
    case "trailing":
      return [{ from: from - trailingDays, to: from }];
    case "season":
      return sameSeason(history, window);
  }
}

function sameSeason(history: DayHistory, window: DayRange): DayRange[] {
  const { from, to } = window;
  const length = to - from;
  const others = yearsOf(history, window).map((years) => seasonOf(window, years));
  if (history.known(others) >= seasonDays + length) return others;
  const around = [
    { from: from - seasonDays, to: from - length },
    { from: to + length, to: to + seasonDays },
  ];
  return [...others, ...around];
}

function seasonOf({ from, to }: DayRange, years: number): DayRange {
  const shift = Math.round(years * yearDays);
  return { from: from + shift - seasonDays, to: to + shift + seasonDays };
}

/** By how many years other seasons of the history lie from the window's. */
function yearsOf({ first, end }: DayHistory, { from }: DayRange): number[] {
  const years: number[] = [];
  const newest = Math.ceil((end - from) / yearDays);
  for (let year = Math.floor((first - from) / yearDays); year <= newest; year++) if (year !== 0) years.push(year);
  return years;
}

/** Whether the days before a window hold the same days of an earlier year, as far as a baseline needs them. */
export function coversSeason(history: DayHistory, window: DayRange): boolean {
  const earlier = yearsOf(history, window).filter((years) => years < 0);
  const ranges = earlier.map((years) => seasonOf(window, years));
  return history.known(ranges) >= seasonDays + window.to - window.from;
}
