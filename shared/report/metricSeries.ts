import type { MonitorResult } from "../monitoring/monitorStore";
import type { MetricPoint, MetricSeries } from "./monitoringReport";

const measuredBy = "performance";
const estimatedBy = "estimated-performance";
const whole = "all";

/** Every metric over time, those that drifted first; measured by truths, and estimated before those are known. */
export function metricSeries(results: readonly MonitorResult[]): MetricSeries[] {
  const metrics = new Map<string, MetricSeries & { drifted: number }>();
  for (const { signal, at, findings } of results) {
    if (signal !== measuredBy && signal !== estimatedBy) continue;
    for (const { subject, statistic, value, interval, threshold, verdict } of findings) {
      if (subject !== whole || value === null) continue;
      const series = metrics.get(statistic) ?? { metric: statistic, measured: [], estimated: [], drifted: 0 };
      metrics.set(statistic, series);
      const point: MetricPoint = { at, value, ...(interval && { interval }), threshold };
      (signal === measuredBy ? series.measured : series.estimated).push(point);
      if (verdict === "drift") series.drifted++;
    }
  }
  const points = ({ measured, estimated }: MetricSeries) =>
    Math.min(measured.length, 1) + Math.min(estimated.length, 1);
  return [...metrics.values()]
    .sort((a, b) => b.drifted - a.drifted || points(b) - points(a))
    .map(({ drifted: _drifted, ...series }) => series);
}
