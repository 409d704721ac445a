import { z } from "zod";
import type { Alert, Condition } from "../alerts/alert";
import type { AlertChange } from "../alerts/alertChange";
import { inputDriftRule } from "../alerts/rules";
import { AppError } from "../errors";
import { inputFaults } from "../inputFaults";
import { ownValue } from "../ownValue";
import { describeDrift } from "./describeDrift";
import type { DriftResult } from "./drift";
import type { FeatureDrift } from "./featureDrift";

const notJudgedRule = "input-not-judged";
/** features that an alert's evidence names */
const namedFeaturesLimit = 50;

/** Which version and window a result is about. */
export interface ComparedWindow {
  version: number;
  windowStart: string;
  windowEnd: string;
  targetRows: number;
}

/** What an alert depends on beside the result. */
export interface AlertedModel {
  isSeries: boolean;
  /** each input's share, in the order of the features; where it is not known, any drift counts in full */
  importance?: readonly number[];
}

/**
 * Drift keeps one alert open while it lasts, and features that cannot be judged keep another. Each ends once every
 * feature that it names has been judged again and found well: too few rows end neither.
 */
export function driftAlerts(result: DriftResult, window: ComparedWindow, model: AlertedModel): AlertChange[] {
  const { verdict, features } = result;
  const notJudged = notJudgedAlert(features, window);
  if (verdict === "drift") return [notJudged, { raise: driftCondition(result, window, model) }];
  if (verdict !== "ok") return [notJudged];
  const ended = { start: window.windowStart, end: window.windowEnd };
  return [notJudged, { resolve: { rule: inputDriftRule, isOver: (alert) => isOver(alert, features), window: ended } }];
}

function driftCondition(
  { features, notes, settings, baseline }: DriftResult,
  window: ComparedWindow,
  { isSeries, importance }: AlertedModel,
): Omit<Condition, "subject"> {
  const drifted = features.filter(({ verdict }) => verdict === "drift");
  const named = drifted.slice(0, namedFeaturesLimit);
  const weight = features.reduce((sum, { verdict }, i) => sum + (verdict === "drift" ? (importance?.[i] ?? 1) : 0), 0);
  const needsMore = isSeries && !drifted.some(isSure);
  const beside = baseline === "training rows" ? "its training rows" : baseline;
  const summary = `the inputs of version ${window.version} differ from ${beside}: ${describeDrift(drifted)}`;
  return {
    rule: inputDriftRule,
    severity: weight < settings.minImportanceShare ? "info" : "warning",
    ...(needsMore && { confirm: settings.confirm }),
    window: { start: window.windowStart, end: window.windowEnd },
    summary: [summary, ...notes].join("; "),
    evidence: {
      ...window,
      features: named.map(({ feature }) => feature),
      values: Object.fromEntries(
        named.map(({ feature, value, threshold, drifted }) => [feature, { value, threshold, drifted }]),
      ),
    },
  };
}

/** A spell looks like drift for a window; missing and unseen values do not, nor what no window of history came near. */
function isSure({ drifted, isClear }: FeatureDrift): boolean {
  return isClear === true || drifted.includes("missing") || drifted.includes("unseen");
}

function notJudgedAlert(features: FeatureDrift[], window: ComparedWindow): AlertChange {
  const failed = features.filter(({ verdict }) => verdict === "failed");
  if (failed.length === 0) {
    const isJudged = ({ verdict }: FeatureDrift) => verdict === "ok" || verdict === "drift";
    const isOver = (alert: Alert) => namedFeatures(alert, features).every(isJudged);
    return { resolve: { rule: notJudgedRule, isOver } };
  }
  const shown = failed.slice(0, 10).map(({ feature, reason }) => `${feature} (${reason})`);
  return {
    raise: {
      rule: notJudgedRule,
      severity: "error",
      summary: `inputs of version ${window.version} cannot be compared with its training rows: ${shown.join(", ")}`,
      evidence: { ...window, features: failed.slice(0, namedFeaturesLimit).map(({ feature }) => feature) },
    },
  };
}

const evidence = z.object({
  features: z.array(z.string()),
  values: z.record(z.string(), z.object({ drifted: z.array(z.string()).optional() })).default({}),
});

/** What an alert of this file says of features; AppError corrupt where it cannot be read. */
function toldBy(alert: Alert): z.infer<typeof evidence> {
  const parsed = evidence.safeParse(alert.evidence);
  if (parsed.success) return parsed.data;
  const [{ path, message }] = inputFaults(parsed.error.issues);
  throw new AppError("corrupt", `the evidence of the alert ${alert.id} cannot be read: ${path}: ${message}`);
}

/** The results of the features that an alert names; one that the model no longer has is left out. */
function namedFeatures(alert: Alert, features: FeatureDrift[]): FeatureDrift[] {
  const names = new Set(toldBy(alert).features);
  return features.filter(({ feature }) => names.has(feature));
}

/**
 * Whether everything that an alert says of each feature was judged again; where that was missing values alone, a sparse
 * feature needs nothing else.
 */
function isOver(alert: Alert, features: FeatureDrift[]): boolean {
  const { values } = toldBy(alert);
  return namedFeatures(alert, features).every(({ feature, verdict, drifted }) => {
    const told = ownValue(values, feature)?.drifted;
    const missingAlone = told?.length === 1 && told[0] === "missing";
    return missingAlone ? !drifted.includes("missing") : verdict === "ok" || verdict === "drift";
  });
}
