import type { AlertSeverity, AlertStatus } from "../alerts/alert";
import type { DistributionShares } from "../monitoring/distributionShares";
import type { Finding } from "../monitoring/finding";
import type { Verdict } from "../monitoring/verdict";

/** What monitoring found of a model in a range of time, and what was done about it. */
export interface MonitoringReport {
  model: string;
  title: string;
  /** instants; the end is exclusive */
  from: string;
  to: string;
  /** when it was read */
  at: string;
  /** the version that serves now */
  champion?: number;
  /** what a person wants to know first, in plain sentences */
  headline: string[];
  /** by their names, those that found something first */
  signals: ReportedSignal[];
  /** signals that do not watch the champion, each with why not */
  unwatched: { signal: string; reason: string }[];
  heatMap: FeatureDays;
  features: ReportedFeature[];
  performance: MetricSeries[];
  alerts: ReportedAlert[];
  runs: ReportedRun[];
  moves: AliasMoved[];
  versions: { version: number; createdAt: string; notShownBetter?: string[] }[];
  /** what a reader should know before trusting it: what is left out, what could not be read */
  notes: string[];
}

/** The newest result of a signal in the range, and how it was before. */
export interface ReportedSignal {
  signal: string;
  version: number;
  at: string;
  verdict: Verdict;
  reason?: string;
  sentence?: string;
  windowStart: string;
  windowEnd: string;
  targetRows: number;
  /** when the first of the newest evaluations that all found drift was made */
  since?: string;
  /** whether drift was found already when the range began */
  isOlder?: true;
  /** evaluations in the range by their verdict */
  counts: Partial<Record<Verdict, number>>;
  findings: Finding[];
  /** those in effect */
  settings: Record<string, unknown>;
}

/** How far each feature was from its threshold, by day (by several days of a long range). */
export interface FeatureDays {
  /** the first day of each column, "2013-07-01" */
  days: string[];
  /** those that drifted first, then by their greatest value */
  features: { name: string; cells: (FeatureDay | null)[] }[];
}

/** Of the day's evaluation with the gravest verdict. */
export interface FeatureDay {
  at: string;
  value: number | null;
  threshold: number | null;
  verdict: Verdict;
}

/** A feature that is shown in pictures: because it drifted, or because the model relies on it most. */
export interface ReportedFeature {
  name: string;
  drifted: boolean;
  /** what of it drifted: its distribution, level, missing or unseen values; where the signal tells */
  driftedBy?: string[];
  windowStart: string;
  windowEnd: string;
  version: number;
  /** share of the model's permutation importance, where the version keeps it */
  importance?: number;
  /** undefined where either side has no values, or the version no profile */
  shares?: DistributionShares;
}

/** A metric over time: measured, and estimated before truths are known. */
export interface MetricSeries {
  metric: string;
  measured: MetricPoint[];
  estimated: MetricPoint[];
}

export interface MetricPoint {
  at: string;
  value: number;
  interval?: [low: number, high: number];
  threshold: number | null;
}

export interface ReportedAlert {
  id: string;
  rule: string;
  severity: AlertSeverity;
  status: AlertStatus;
  summary: string;
  raisedAt: string;
  openedAt?: string;
  resolvedAt?: string;
  closedBy?: string;
  closeReason?: string;
  occurrences: number;
  actions: { kind: string; at: string; outcome: string; words: string; runId?: string }[];
}

export interface ReportedRun {
  id: string;
  trigger: string;
  status: string;
  requestedAt: string;
  finishedAt?: string;
  version?: number;
  promoted?: boolean;
  message?: string;
}

export interface AliasMoved {
  at: string;
  alias: string;
  from?: number;
  to?: number;
  actor: string;
  reason?: string;
}
