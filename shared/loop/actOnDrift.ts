import type { Alert } from "../alerts/alert";
import type { AlertStore } from "../alerts/alertStore";
import { describeDrift } from "../monitoring/describeDrift";
import type { DriftResult } from "../monitoring/drift";
import type { FeatureDrift } from "../monitoring/featureDrift";
import type { MonitorResult } from "../monitoring/monitorStore";
import type { Clock } from "../ports";
import { hourMs } from "../time";
import { type StartRunPorts, startRun } from "../training/startRun";
import type { UsecaseSpec } from "../usecase/usecaseSpec";

export interface ActOnDriftPorts extends StartRunPorts {
  alerts: AlertStore;
  clock: Clock;
}

/** The signal's name, and the rule of its alert. */
export const driftSignal = "input-drift";
const notJudgedRule = "input-not-judged";

/**
 * A breach raises one alert while it lasts and, by policy, one retraining run; features that cannot be judged raise one of their own. Each
 * closes once every feature that it names was judged again and found well: too few rows close nothing.
 */
export async function actOnDrift(ports: ActOnDriftPorts, spec: UsecaseSpec, result: MonitorResult): Promise<void> {
  await tellNotJudged(ports, spec.name, result);
  const { features } = result.details as DriftResult;
  if (result.verdict === "ok")
    await ports.alerts.resolveWhere(spec.name, driftSignal, (alert) => isOver(alert, features));
  if (result.verdict !== "drift") return;
  const alert = await raiseDrift(ports, spec.name, result);
  if (spec.policies.onDrift === "retrain" && alert.runId === undefined) await retrain(ports, spec, alert);
}

async function raiseDrift(ports: ActOnDriftPorts, subject: string, result: MonitorResult): Promise<Alert> {
  const { features, notes } = result.details as DriftResult;
  const drifted = features.filter(({ verdict }) => verdict === "drift");
  const summary = `the inputs of version ${result.version} differ from its training rows: ${describeDrift(drifted)}`;
  const { alert } = await ports.alerts.raise({
    subject,
    rule: driftSignal,
    severity: "warning",
    summary: [summary, ...notes].join("; "),
    evidence: {
      ...windowOf(result),
      features: drifted.slice(0, 50).map(({ feature }) => feature),
      values: Object.fromEntries(
        drifted.slice(0, 50).map(({ feature, value, threshold, drifted }) => [feature, { value, threshold, drifted }]),
      ),
    },
  });
  return alert;
}

async function tellNotJudged(ports: ActOnDriftPorts, subject: string, result: MonitorResult): Promise<void> {
  const { features } = result.details as DriftResult;
  const failed = features.filter(({ verdict }) => verdict === "failed");
  if (failed.length === 0) {
    const judged = (feature: FeatureDrift) => feature.verdict === "ok" || feature.verdict === "drift";
    await ports.alerts.resolveWhere(subject, notJudgedRule, (alert) => namedFeatures(alert, features).every(judged));
    return;
  }
  const shown = failed.slice(0, 10).map(({ feature, reason }) => `${feature} (${reason})`);
  await ports.alerts.raise({
    subject,
    rule: notJudgedRule,
    severity: "error",
    summary: `inputs of version ${result.version} cannot be compared with its training rows: ${shown.join(", ")}`,
    evidence: { ...windowOf(result), features: failed.slice(0, 50).map(({ feature }) => feature) },
  });
}

function windowOf({ version, windowStart, windowEnd, targetRows }: MonitorResult) {
  return { version, windowStart, windowEnd, targetRows };
}

/** The results of the features that an alert names; one that the model has no more is left out. */
function namedFeatures({ evidence }: Alert, features: FeatureDrift[]): FeatureDrift[] {
  const names = new Set(evidence.features as string[]);
  return features.filter(({ feature }) => names.has(feature));
}

/** Whether what an alert told of each feature was judged again; where it was missing values alone, a sparse feature needs no more. */
function isOver(alert: Alert, features: FeatureDrift[]): boolean {
  const values = (alert.evidence.values ?? {}) as Record<string, { drifted?: FeatureDrift["drifted"] }>;
  return namedFeatures(alert, features).every(({ feature, verdict, drifted }) => {
    const told = Object.hasOwn(values, feature) ? values[feature].drifted : undefined;
    const missingAlone = told?.length === 1 && told[0] === "missing";
    return missingAlone ? !drifted.includes("missing") : verdict === "ok" || verdict === "drift";
  });
}

async function retrain(ports: ActOnDriftPorts, spec: UsecaseSpec, alert: Alert): Promise<void> {
  const coolDownMs = spec.policies.cooldownHours * hourMs;
  const last = (await ports.runs.list(spec.name)).findLast(({ trigger }) => trigger === "drift");
  const ageMs = last ? ports.clock.now().getTime() - Date.parse(last.requestedAt) : Number.POSITIVE_INFINITY;
  const cause = `drift-${alert.raisedAt.replace(/[-:.]/g, "")}`;
  if (ageMs < coolDownMs && last?.id !== `${spec.name}.${cause}`) {
    await ports.alerts.noteAction(alert, `no run: ${last?.id} started less than ${spec.policies.cooldownHours} h ago`);
    return;
  }
  const { run } = await startRun(ports, { usecase: spec.name, trigger: "drift", cause });
  await ports.alerts.noteAction(alert, `started run ${run.id}`, run.id);
}
