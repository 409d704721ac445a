import { adjustedRandIndex, purity, randIndex } from "../../shared/evaluation/clusteringMetrics";
import { silhouette } from "../../shared/evaluation/silhouette";
import type { EvaluatedTable } from "./readTable";
import type { EvaluationReport } from "./report";

export interface ClusterOptions {
  /** column of known classes, or of another clustering */
  truth?: string;
  /** column of clusters */
  prediction: string;
  /** coordinate columns of the points that were clustered, for the silhouette */
  points: string[];
  seed: number;
}

const silhouetteRows = 5000;

/** Metrics of clusters: against known classes, and from the distances between their points. */
export function evaluateClusters(table: EvaluatedTable, options: ClusterOptions): EvaluationReport {
  const clusters = numbered(table.texts(options.prediction));
  const metrics: EvaluationReport["metrics"] = {};
  if (options.truth !== undefined) {
    const truth = numbered(table.texts(options.truth));
    metrics.randIndex = randIndex(truth, clusters);
    metrics.adjustedRandIndex = adjustedRandIndex(truth, clusters);
    metrics.purity = purity(truth, clusters);
  }
  if (options.points.length === 0) return { rows: table.rowCount, metrics };
  const columns = options.points.map((name) => table.numbers(name));
  const width = columns.length;
  const values = Float64Array.from(
    { length: table.rowCount * width },
    (_, i) => columns[i % width][Math.floor(i / width)],
  );
  const { value, rows } = silhouette({ width, values }, clusters, { limit: silhouetteRows, seed: options.seed });
  return { rows: table.rowCount, metrics: { ...metrics, silhouette: value }, details: { silhouetteRows: rows } };
}

function numbered(labels: string[]): Int32Array {
  const place = new Map<string, number>();
  for (const label of labels) if (!place.has(label)) place.set(label, place.size);
  return Int32Array.from(labels, (label) => place.get(label) as number);
}
