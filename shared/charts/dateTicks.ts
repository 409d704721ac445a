import { dayMs } from "../time";

const steps = [1, 2, 3, 7, 14] as const;

/** At most `most` dates (UTC): days of a short range, firsts of months of a longer one. */
export function dateTicks(fromMs: number, toMs: number, most = 9): { atMs: number; text: string }[] {
  const days = (toMs - fromMs) / dayMs;
  const step = steps.find((one) => days / one <= most);
  if (step !== undefined) {
    const first = Math.ceil(fromMs / dayMs) * dayMs;
    const count = Math.floor((toMs - first) / (step * dayMs)) + 1;
    return Array.from({ length: Math.max(0, count) }, (_, i) => dated(first + i * step * dayMs, 5));
  }
  const every = Math.ceil(days / 30.4 / most);
  const ticks: { atMs: number; text: string }[] = [];
  const month = new Date(fromMs);
  month.setUTCDate(1);
  month.setUTCHours(0, 0, 0, 0);
  for (; month.getTime() <= toMs; month.setUTCMonth(month.getUTCMonth() + every))
    if (month.getTime() >= fromMs) ticks.push(dated(month.getTime(), 0));
  return ticks;
}

function dated(atMs: number, from: number): { atMs: number; text: string } {
  const iso = new Date(atMs).toISOString();
  return { atMs, text: from > 0 ? iso.slice(from, 10) : iso.slice(0, 7) };
}
