import { changeAlerts } from "../alerts/alertChange";
import type { AlertStore } from "../alerts/alertStore";
import { reportFailures } from "../alerts/failureAlert";
import { messageOf } from "../errors";
import { effectiveSettings, type MonitorSettingsStore, type SettingChanges } from "../monitoring/monitorSettings";
import type { MonitorStore } from "../monitoring/monitorStore";
import { monitorsSpec } from "../monitoring/signals/registry";
import { evaluateService, service as signal } from "../monitoring/signals/service";
import type { Evaluation } from "../monitoring/signals/signal";
import type { TimeRange } from "../monitoring/windowProfile";
import type { Clock, QueueLengths } from "../ports";
import type { ModelRegistry } from "../registry/modelRegistry";
import { type HeldConditions, type HeldState, withModel } from "../service/heldConditions";
import { type ServiceCounts, sliceMs } from "../service/serviceCounts";
import type { ServiceLog } from "../service/serviceLog";
import { profileOf, type ReadSlice, type ServiceReader, wholeApp } from "../service/serviceReader";
import { storageNames } from "../storageNames";
import { dayMs, hourMs, startOfHour } from "../time";
import type { Usecase } from "../usecase/loadUsecases";

export interface SweepServicePorts {
  usecases: Map<string, Usecase>;
  registry: Pick<ModelRegistry, "alias">;
  monitors: Pick<MonitorStore, "save">;
  monitorSettings: Pick<MonitorSettingsStore, "all">;
  alerts: AlertStore;
  queues: QueueLengths;
  clock: Clock;
  service: ServiceReader;
  serviceCounts: Pick<ServiceCounts, "queueLength">;
  serviceLog: Pick<ServiceLog, "flush">;
  heldConditions: HeldConditions;
}

const minuteMs = 60_000;
/** no window is longer */
const longestWindowMs = hourMs;
const failedAlert = { subject: wholeApp, rule: "service-failed" };

/**
 * Judges the newest minutes of every model that answers requests (or did on the days before), and of the app itself.
 * Alerts are raised and ended when a condition begins and ends; a result is kept of each hour, and of each change.
 */
export async function sweepService(ports: SweepServicePorts): Promise<string[]> {
  const at = new Date(Math.floor(ports.clock.now().getTime() / minuteMs) * minuteMs + minuteMs);
  await lookAtQueues(ports, at);
  await ports.serviceLog.flush();
  const [recent, before, held, changes] = await Promise.all([
    ports.service.slices({ from: new Date(at.getTime() - longestWindowMs), to: at }),
    ports.service.slices(daysBefore(at)),
    ports.heldConditions.read(),
    ports.monitorSettings.all(),
  ]);
  const names = new Set([wholeApp, ...namesIn(recent), ...namesIn(before), ...Object.keys(held.models)]);
  const failures: string[] = [];
  const lines: string[] = [];
  const read = sharedReads(ports.service);
  let now = held;
  for (const model of names) {
    try {
      const judged = await judge(ports, { model, at, read, changes: changes.get(model) }, now);
      now = judged.held;
      lines.push(...judged.lines);
    } catch (error) {
      failures.push(`the service of ${model} could not be judged: ${messageOf(error)}`);
    }
  }
  now = { ...now, hour: new Date(startOfHour(at.getTime())).toISOString() };
  if (JSON.stringify(now) !== JSON.stringify(held)) await ports.heldConditions.write(now);
  if (failures.length > 0 || held.failed !== undefined) {
    await reportFailures(ports.alerts, failedAlert, failures, (first) => first);
    await ports.heldConditions.write({ ...now, failed: failures.length > 0 ? true : undefined });
  }
  return [...lines, ...failures];
}

function daysBefore(at: Date) {
  const today = Math.floor(at.getTime() / dayMs) * dayMs;
  return { from: new Date(today - dayMs), to: new Date(today) };
}

function namesIn(slices: readonly ReadSlice[]): string[] {
  return slices.flatMap(({ models }) => Object.keys(models));
}

/** What is judged: a model, and when. */
interface Judged {
  model: string;
  at: Date;
  read: (range: TimeRange) => Promise<ReadSlice[]>;
  changes?: SettingChanges;
}

/** Reads each range once: a thousand models ask for the same. */
function sharedReads(service: ServiceReader): Judged["read"] {
  const reads = new Map<string, Promise<ReadSlice[]>>();
  return (range) => {
    const key = `${range.from.getTime()} ${range.to.getTime()}`;
    const known = reads.get(key) ?? service.slices(range);
    reads.set(key, known);
    return known;
  };
}

async function judge(
  ports: SweepServicePorts,
  { model, at, read, changes }: Judged,
  held: HeldState,
): Promise<{ held: HeldState; lines: string[] }> {
  const spec = ports.usecases.get(model)?.spec.monitors ?? monitorsSpec.parse({});
  const settings = effectiveSettings(spec, changes).service;
  const before = held.models[model] ?? [];
  if (!settings.enabled && before.length === 0) return { held, lines: [] };
  const service = async (range: TimeRange) => profileOf(model, await read(range));
  const { evaluation: found, clear } = await evaluateService({ settings, at, service }, model === wholeApp);
  const rules = found.alerts.flatMap((change) => ("raise" in change ? [change.raise.rule] : []));
  const concerned = found.alerts.filter((change) => "raise" in change || before.includes(change.resolve.rule));
  await changeAlerts(ports.alerts, model, concerned);
  // what cannot be judged now has not ended
  const now = [...new Set([...before.filter((rule) => !clear.includes(rule)), ...rules])].sort();
  const isChanged = now.join() !== before.join();
  const isHour = held.hour !== new Date(startOfHour(at.getTime())).toISOString();
  if (model !== wholeApp && (isChanged || (isHour && found.targetRows > 0))) await keep(ports, model, at, found);
  const lines = isChanged ? [`${model}: service: ${found.sentence}`] : [];
  return { held: withModel(held, model, now), lines };
}

async function keep(ports: SweepServicePorts, model: string, at: Date, found: Evaluation): Promise<void> {
  const version = (await ports.registry.alias(model, "champion"))?.version ?? 0;
  const { verdict, reason, windowStart, targetRows, sentence, findings, details } = found;
  await ports.monitors.save({
    ...{ model, version, signal: signal.name, at: at.toISOString(), verdict, reason },
    ...{ windowStart: windowStart.toISOString(), windowEnd: at.toISOString(), targetRows },
    ...{ sentence, findings, details },
  });
}

/** Queues are looked at once in five minutes: each costs a call. */
async function lookAtQueues({ queues, serviceCounts }: SweepServicePorts, at: Date): Promise<void> {
  if (at.getTime() % sliceMs !== 0) return;
  await Promise.all(
    storageNames.queues.map(async (queue) => serviceCounts.queueLength(queue, await queues.length(queue))),
  );
}
