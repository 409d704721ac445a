import type { MonitorResult } from "../monitoring/monitorStore";
import type { FeatureDay, FeatureDays } from "./monitoringReport";
import type { DayColumns } from "./reportedDays";

/** The findings about features of some results of one signal, by day. */
export function featureDays(results: readonly MonitorResult[], { days, columnOf }: DayColumns): FeatureDays {
  const features = new Map<string, (FeatureDay | null)[]>();
  for (const { at, findings } of results)
    for (const { subject, value, threshold, verdict } of findings) {
      const cells = features.get(subject) ?? new Array<FeatureDay | null>(days.length).fill(null);
      features.set(subject, cells);
      cells[columnOf(at)] = { at, value, threshold, verdict };
    }
  const named = [...features].map(([name, cells]) => ({
    name,
    cells,
    driftedDays: driftedDays(cells),
    most: most(cells),
  }));
  named.sort((a, b) => b.driftedDays - a.driftedDays || b.most - a.most || a.name.localeCompare(b.name));
  return { days, features: named.map(({ name, cells }) => ({ name, cells })) };
}

/** A value as a multiple of its threshold; null where it has none. */
export function timesThreshold(cell: Pick<FeatureDay, "value" | "threshold"> | null): number | null {
  if (cell === null || cell.value === null || cell.threshold === null || cell.threshold === 0) return null;
  return cell.value / cell.threshold;
}

function driftedDays(cells: readonly (FeatureDay | null)[]): number {
  return cells.filter((cell) => cell?.verdict === "drift").length;
}

function most(cells: readonly (FeatureDay | null)[]): number {
  return Math.max(...cells.map((cell) => timesThreshold(cell) ?? 0));
}
