import { figure } from "../../figure";
import type { Finding } from "../finding";
import type { Interval } from "./metricInterval";
import { betterWhen, type OutcomeMetric } from "./outcomeMetrics";

/** A metric's value with its interval, where either can be told. */
export interface MeasuredMetric {
  value: number | null;
  interval?: Interval;
}

/** How far a metric may be from the hold-out's before it counts as worse. */
export interface MetricTolerances {
  /** of shares, areas, MCC and R2: so far below the hold-out's interval */
  tolerance: number;
  /** of Brier score, log loss and errors: by this share above it; of a bias, by this share of the RMSE */
  errorTolerance: number;
  /** limits that stand in the place of the hold-out's value, by metric */
  limits: Partial<Record<OutcomeMetric, number>>;
}

interface Compared {
  metric: OutcomeMetric;
  now: MeasuredMetric;
  holdout: MeasuredMetric;
  /** of regression, on the hold-out */
  rmse?: number | null;
}

/** Where a metric's values stop being good; null where nothing says so. */
interface Bounds {
  least: number;
  most: number;
  origin: string;
}

/** Whether a metric is worse than at training: its whole interval lies beyond the bound. */
export function judgeMetric(
  compared: Compared,
  tolerances: MetricTolerances,
  rows: { target: number; baseline: number },
): Finding {
  const { metric, now, holdout } = compared;
  const bounds = boundsOf(compared, tolerances);
  const common = {
    subject: "all",
    statistic: metric,
    value: now.value,
    ...(now.interval && { interval: now.interval }),
    threshold: bounds === undefined ? null : nearest(bounds, now.value),
    thresholdOrigin: bounds?.origin ?? "none: the hold-out's value is not known",
    targetRows: rows.target,
    baselineRows: rows.baseline,
    more: { holdout: holdout.value, ...(holdout.interval && { holdoutInterval: [...holdout.interval] }) },
  } satisfies Omit<Finding, "verdict">;
  if (now.value === null)
    return {
      ...common,
      verdict: "insufficient_data",
      reason: "the labelled rows do not hold what it is computed from",
    };
  if (now.interval === undefined)
    return {
      ...common,
      verdict: "insufficient_data",
      reason: "too few parts of the window have labels for an interval",
    };
  if (bounds === undefined) return { ...common, verdict: "ok" };
  const [low, high] = now.interval;
  const isWorse = high < bounds.least || low > bounds.most;
  return { ...common, verdict: isWorse ? "drift" : "ok" };
}

function boundsOf({ metric, holdout, rmse }: Compared, tolerances: MetricTolerances): Bounds | undefined {
  const limit = tolerances.limits[metric];
  const open = { least: Number.NEGATIVE_INFINITY, most: Number.POSITIVE_INFINITY };
  if (limit !== undefined) {
    const origin = "setting";
    if (betterWhen[metric] === "higher") return { ...open, least: limit, origin };
    if (betterWhen[metric] === "lower") return { ...open, most: limit, origin };
    return { least: -limit, most: limit, origin };
  }
  if (holdout.value === null) return undefined;
  const [low, high] = holdout.interval ?? [holdout.value, holdout.value];
  const { tolerance, errorTolerance } = tolerances;
  const share = figure(100 * errorTolerance);
  switch (betterWhen[metric]) {
    case "higher":
      return { ...open, least: low - tolerance, origin: `${figure(tolerance)} below the hold-out's interval` };
    case "lower":
      return { ...open, most: high * (1 + errorTolerance), origin: `${share} % above the hold-out's interval` };
    case "zero": {
      const reach = errorTolerance * (rmse ?? 0);
      return {
        least: low - reach,
        most: high + reach,
        origin: `${share} % of the RMSE beyond the hold-out's interval`,
      };
    }
  }
}

/** The bound that a value would cross first. */
function nearest({ least, most }: Bounds, value: number | null): number {
  if (least === Number.NEGATIVE_INFINITY) return most;
  if (most === Number.POSITIVE_INFINITY) return least;
  return value !== null && most - value < value - least ? most : least;
}
