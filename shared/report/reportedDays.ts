import type { MonitorOutline } from "../monitoring/monitorStore";
import type { TimeRange } from "../monitoring/windowProfile";
import { dayMs } from "../time";

const mostColumns = 31;
const gravity = { drift: 3, failed: 2, ok: 1, insufficient_data: 0 };

/** Columns of whole days (UTC) over a range; days of a range of more than a month share a column. */
export interface DayColumns {
  /** the first day of each */
  days: string[];
  columnOf(instant: string): number;
}

export function dayColumns({ from, to }: TimeRange): DayColumns {
  const first = Math.floor(from.getTime() / dayMs);
  const count = Math.max(1, Math.ceil(to.getTime() / dayMs) - first);
  const each = Math.ceil(count / mostColumns);
  const days = Array.from({ length: Math.ceil(count / each) }, (_, i) =>
    new Date((first + i * each) * dayMs).toISOString().slice(0, 10),
  );
  const columnOf = (instant: string) => Math.floor((Math.floor(Date.parse(instant) / dayMs) - first) / each);
  return { days, columnOf };
}

/** Of each signal and column the newest of the results with the gravest verdict, oldest first. */
export function gravestOfDays(outlines: readonly MonitorOutline[], { columnOf }: DayColumns): MonitorOutline[] {
  const chosen = new Map<string, MonitorOutline>();
  for (const one of outlines) {
    const key = `${one.signal} ${columnOf(one.at)}`;
    const other = chosen.get(key);
    if (other === undefined || isGraver(one, other)) chosen.set(key, one);
  }
  return [...chosen.values()].sort((a, b) => a.at.localeCompare(b.at));
}

function isGraver(one: MonitorOutline, other: MonitorOutline): boolean {
  const difference = gravity[one.verdict] - gravity[other.verdict];
  return difference > 0 || (difference === 0 && one.at > other.at);
}
