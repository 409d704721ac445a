import { changeAlerts } from "../alerts/alertChange";
import type { AlertStore } from "../alerts/alertStore";
import { reportFailure } from "../alerts/failureAlert";
import type { CaptureWindows } from "../capture/windows/captureWindows";
import { newestRows } from "../capture/windows/newestRows";
import type { DatasetRegistry } from "../data/datasetRegistry";
import { messageOf } from "../errors";
import { effectiveSettings, type MonitorSettingsStore, type SettingChanges } from "../monitoring/monitorSettings";
import type { MonitorStore } from "../monitoring/monitorStore";
import { trainingProfileDocument } from "../monitoring/profileDocument";
import { windowSchedule, windowStart } from "../monitoring/schedule";
import { type MonitorSection, signals } from "../monitoring/signals/registry";
import type { Evaluation, Signal, SignalSettings, Watched } from "../monitoring/signals/signal";
import type { TrainingProfile } from "../monitoring/trainingProfile";
import type { BlobStore, Clock, Telemetry } from "../ports";
import type { ModelVersion } from "../registry/modelVersion";
import type { ServiceReader } from "../service/serviceReader";
import type { TruthStore } from "../truth/truthStore";
import type { ColumnMasks } from "../usecase/columnMasks";
import type { Usecase } from "../usecase/loadUsecases";
import { type AttributionPorts, championAttributions } from "./championAttributions";
import { championOutcomes } from "./championOutcomes";
import { referenceOf } from "./championReferences";
import { championWindows } from "./championWindows";
import { watchedModel } from "./watchedModel";
import { type Champion, championOf, stateOf, type WatchPorts } from "./watchState";

export interface MonitorPorts extends WatchPorts, Omit<AttributionPorts, "usecases" | "registry"> {
  alerts: AlertStore;
  monitors: MonitorStore;
  monitorSettings: Pick<MonitorSettingsStore, "all">;
  truths: TruthStore;
  masks: ColumnMasks;
  blobs: BlobStore;
  datasets: Pick<DatasetRegistry, "versions">;
  clock: Clock;
  telemetry: Telemetry;
  /** this instance's unwritten captures are written first, so that a signal sees what was just served */
  capture?: { flush(): Promise<void> };
  serviceLog: { flush(): Promise<void> };
  service: Pick<ServiceReader, "profile">;
}

const failedRule = "monitor-failed";
/** the service is judged every minute by the sweep, which alone knows what it told */
const timed = signals.filter(([section]) => section !== "service");

/**
 * Evaluates every signal that is due on the champion of every use case; one that fails never stops the others, nor does
 * a use case whose alerts cannot be read or written. Returns a line for each.
 */
export async function runMonitors(ports: MonitorPorts, evaluated = timed): Promise<string[]> {
  await Promise.all([ports.capture?.flush(), ports.serviceLog.flush()]);
  const lines: string[] = [];
  const failures: Failure[] = [];
  const changes = await ports.monitorSettings.all();
  for (const usecase of ports.usecases.values()) {
    const { name } = usecase.spec;
    try {
      await watchUsecase(ports, usecase, evaluated, changes.get(name), lines);
    } catch (error) {
      const text = `${name}: what its monitors found could not be told: ${messageOf(error)}`;
      failures.push({ of: name, text });
      lines.push(text);
    }
  }
  await tellFailures(ports.alerts, "tidegate", "usecase", failures);
  return lines;
}

/** What could not be done for a signal or for a use case, in words. */
interface Failure {
  of: string;
  text: string;
}

async function watchUsecase(
  ports: MonitorPorts,
  usecase: Usecase,
  evaluated: typeof timed,
  changes: SettingChanges | undefined,
  lines: string[],
): Promise<void> {
  const { name } = usecase.spec;
  const failures: Failure[] = [];
  let champion: Promise<Champion> | undefined;
  const settings = effectiveSettings(usecase.spec.monitors, changes);
  for (const [section, signal] of evaluated) {
    try {
      if (!(await isDue(ports, name, signal, settings[section]))) continue;
      champion ??= championOf(ports.registry, name);
      const watching = { section, signal, settings: settings[section] };
      lines.push(`${name}: ${signal.name}: ${await watch(ports, usecase, watching, await champion)}`);
    } catch (error) {
      const text = `the ${section} monitor failed: ${messageOf(error)}`;
      failures.push({ of: signal.name, text });
      lines.push(`${name}: ${signal.name}: ${text}`);
    }
  }
  await tellFailures(ports.alerts, name, "signal", failures);
}

/** One alert of a subject holds all that failed, and ends when nothing does. */
async function tellFailures(
  alerts: AlertStore,
  subject: string,
  what: "signal" | "usecase",
  failures: Failure[],
): Promise<void> {
  const summary = failures.map(({ text }) => text).join("; ");
  const evidence = { [what]: failures.map((one) => one.of).join(", ") };
  const failure = failures.length === 0 ? undefined : { summary, evidence };
  await reportFailure(alerts, { subject, rule: failedRule }, failure);
}

/**
 * Whether a schedule came since the signal was last evaluated. What is hourly is due each time that the timer comes, so
 * that a person who calls the timer sees what was just served.
 */
async function isDue(
  { monitors, clock }: MonitorPorts,
  model: string,
  { name }: Signal,
  settings: SignalSettings,
): Promise<boolean> {
  if (settings.schedule === "hourly") return true;
  const end = windowSchedule(settings).due(clock.now());
  const last = await monitors.lastAt(model, name);
  return last === undefined || (end !== undefined && last < end);
}

/** A signal, by which section of a spec's `monitors` it is set, and its effective settings. */
interface Watching {
  section: MonitorSection;
  signal: Signal;
  settings: SignalSettings;
}

async function watch(
  ports: MonitorPorts,
  usecase: Usecase,
  { section, signal, settings }: Watching,
  champion: Champion,
): Promise<string> {
  const model = usecase.spec.name;
  const state = await stateOf(ports, model, { section, needs: signal.needs, enabled: settings.enabled }, champion);
  if (!state.watched) return `not watched: ${state.reason}`;
  const at = ports.clock.now();
  const evaluation = await signal.evaluate(
    watched(ports, { usecase, version: state.version }, { name: signal.name, settings }, at),
  );
  const { version } = state.version;
  const { verdict, reason, windowStart, targetRows, sentence, findings, details } = evaluation;
  const window = { windowStart: windowStart.toISOString(), windowEnd: at.toISOString(), targetRows };
  const result = { verdict, reason, ...window, sentence, findings, details };
  await ports.monitors.save({ model, version, signal: signal.name, at: at.toISOString(), ...result });
  tell(ports.telemetry, model, version, evaluation);
  await changeAlerts(ports.alerts, model, evaluation.alerts);
  return `${verdict} over ${targetRows} rows${reason === undefined ? "" : `: ${reason}`}`;
}

/** The champion as a signal sees it. */
function watched<Settings extends SignalSettings>(
  ports: MonitorPorts,
  champion: { usecase: Usecase; version: ModelVersion },
  signal: { name: string; settings: Settings },
  at: Date,
): Watched<Settings> {
  const { registry, blobs, monitors, datasets, truths, service, masks } = ports;
  const { usecase, version } = champion;
  let profile: Promise<TrainingProfile> | undefined;
  const trainingProfile = async () => {
    if (version.trainingProfile === undefined) throw new Error(`version ${version.version} has no training profile`);
    profile ??= registry.document(trainingProfileDocument, version, version.trainingProfile);
    return profile;
  };
  const reference = () => referenceOf(registry, version, trainingProfile);
  let opened: Promise<CaptureWindows> | undefined;
  const windows = () => {
    opened ??= championWindows({ blobs, registry, masks }, usecase.spec, version, { trainingProfile, reference });
    return opened;
  };
  return {
    model: watchedModel(usecase.spec, version.signature),
    version: version.version,
    settings: signal.settings,
    at,
    windowStart: (hours) => windowStart(at, hours, signal.settings.timeZone),
    trainingProfile,
    reference,
    captured: async (range) => (await windows()).read(range),
    outcomes: (range) => championOutcomes({ registry, blobs, truths }, champion, range),
    attributions: (range) => championAttributions(ports, version, range),
    service: (range) => service.profile(usecase.spec.name, range),
    newestDatasetAt: async () => {
      const newest = (await datasets.versions(usecase.spec.name)).at(-1);
      return newest && new Date(newest.createdAt);
    },
    earlier: (limit, name = signal.name) => monitors.list(usecase.spec.name, { limit, signal: name, to: at }),
    capturedRows: async (wanted) => newestRows(await windows(), at, wanted),
  };
}

function tell(telemetry: Telemetry, model: string, version: number, { verdict, report }: Evaluation): void {
  telemetry.event(report.event, { model, version, verdict }, report.measurements);
  for (const { name, value, attributes } of report.metrics)
    telemetry.metric(name, value, { model, version, ...attributes });
}
