import type { FeatureScan, SplitScan } from "./bestSplit";
import type { NodeStatistic } from "./nodeStatistic";
import { binHasRows } from "./scanEveryCut";

/** FeatureScan that sums the rows per bin and has `scan` judge the cuts between bins. */
export function histogramScan(statistic: NodeStatistic, scan: SplitScan): FeatureScan {
  const { sumCount } = statistic;
  const histogram = new Float64Array(256 * sumCount);
  return ({ codes, binCount }, rows, from, to, node, feature, best) => {
    histogram.fill(0, 0, binCount * sumCount);
    statistic.accumulate(histogram, codes, rows, from, to);
    const costBefore = best.cost;
    const varies = scan(histogram, binCount, node, feature, best);
    if (best.cost < costBefore) best.hasMissing = binHasRows(histogram, 0, sumCount);
    return varies;
  };
}
