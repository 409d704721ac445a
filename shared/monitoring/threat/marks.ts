import { figure, percent } from "../../figure";
import type { Finding } from "../finding";
import type { MonitoringReference } from "../reference";
import type { TrainingProfile } from "../trainingProfile";
import type { WindowProfile } from "../windowProfile";
import { boundaryShare } from "./boundaryShare";
import { meanDistance } from "./meanDistance";

/** What marks of misuse are looked for in. */
export interface ThreatEvidence {
  window: WindowProfile;
  training: TrainingProfile;
  /** undefined for versions that were made before it was kept */
  reference?: MonitoringReference;
  /** most rows of the same hours of earlier weeks; undefined where none had any */
  usualRows?: number;
  limits: {
    outlierShare: number;
    volumeFactor: number;
    minVolume: number;
    distanceFactor: number;
    boundaryFactor: number;
  };
}

const leastRowsADay = 12;

/** Rows with a number beyond the fences of its training values, by the column that has most of them. */
export function judgeOutliers({ window, training, reference, limits }: ThreatEvidence): Finding {
  const shares = window.faults.map(({ beyondFences }) => beyondFences / Math.max(1, window.rows));
  const worst = shares.indexOf(Math.max(...shares));
  const before = (reference?.faults[worst]?.beyondFences ?? 0) / Math.max(1, training.profile.rows);
  const threshold = before + limits.outlierShare;
  const value = shares[worst] ?? 0;
  const told = { subject: "all", statistic: "outlier share", value, threshold, thresholdOrigin: "setting" };
  const counted = { targetRows: window.rows, baselineRows: training.profile.rows };
  const column = training.bins[worst]?.name ?? null;
  if (value <= threshold) return { ...told, ...counted, verdict: "ok", more: { column } };
  const reason = `${percent(value)} of the rows lie far outside what training ever had, in ${column}`;
  return { ...told, ...counted, verdict: "drift", reason, more: { column } };
}

/** Many more rows than in the same hours of any earlier week. */
export function judgeRequests({ window: { rows }, usualRows, limits }: ThreatEvidence): Finding {
  const told = { subject: "all", statistic: "rows beside earlier weeks", value: rows, targetRows: rows };
  if (usualRows === undefined)
    return {
      ...told,
      threshold: limits.minVolume,
      thresholdOrigin: "setting (minVolume)",
      ...over(rows, limits.minVolume, `${rows} rows came`),
    };
  const threshold = Math.max(limits.minVolume, limits.volumeFactor * usualRows);
  return {
    ...told,
    ...{ threshold, thresholdOrigin: "the same hours of earlier weeks", baselineRows: usualRows },
    ...over(rows, threshold, `${rows} rows came, ${usualRows} at most in the same hours of earlier weeks`),
  };
}

function over(value: number, threshold: number, reason: string): Pick<Finding, "verdict" | "reason"> {
  return value > threshold ? { verdict: "drift", reason } : { verdict: "ok" };
}

/**
 * How far the rows lie from training's taken together: values that are usual one by one, combined as training never had
 * them, as when somebody covers the space of inputs evenly.
 */
export function judgeCoverage({ window, reference, limits }: ThreatEvidence): Finding {
  const told = { subject: "all", statistic: "mean squared distance from training", targetRows: window.moments.rows };
  const value = reference && meanDistance(reference.moments, window.moments);
  if (reference === undefined || value === undefined)
    return {
      ...told,
      value: null,
      threshold: null,
      thresholdOrigin: "none",
      verdict: "insufficient_data",
      reason: "no rows in which every number is known, in training or now",
    };
  const days = (reference.days ?? []).filter(({ moments }) => moments.rows >= leastRowsADay);
  const farthest = Math.max(1, ...days.map(({ moments }) => meanDistance(reference.moments, moments) ?? 1));
  const threshold = farthest * limits.distanceFactor;
  const judged = { ...told, value, threshold, baselineRows: reference.moments.rows };
  const thresholdOrigin = days.length > 0 ? `the farthest of ${days.length} training days` : "training rows have 1";
  return {
    ...judged,
    thresholdOrigin,
    ...over(
      value,
      threshold,
      `rows lie ${figure(value, 2)} times as far from training's as those do, the numbers taken together`,
    ),
  };
}

/** Probabilities near a half, where a model's boundary lies, beside the hold-out's. */
export function judgeBoundary({ window, reference, limits }: ThreatEvidence): Finding {
  const told = { subject: "all", statistic: "share of probabilities near a half", targetRows: window.predictions.rows };
  const value = boundaryShare(window.predictions);
  const before = reference && boundaryShare(reference.holdout.predictions);
  if (value === undefined || before === undefined)
    return {
      ...told,
      value: value ?? null,
      threshold: null,
      thresholdOrigin: "none",
      verdict: "insufficient_data",
      reason: "no probabilities to compare",
    };
  const threshold = Math.min(1, Math.max(0.2, before * limits.boundaryFactor));
  return {
    ...told,
    value,
    threshold,
    thresholdOrigin: "hold-out rows",
    ...over(
      value,
      threshold,
      `${percent(value)} of the probabilities lie near a half, ${percent(before)} of the hold-out's`,
    ),
  };
}
