import type { Alert, AlertStatus } from "../alerts/alert";
import type { AuditRecord } from "../ledger/auditEntry";
import { listAudit } from "../ledger/auditEntry";
import type { OnUnreadable } from "../ledger/readable";
import type { MonitorOutline, MonitorResult, MonitorStore } from "../monitoring/monitorStore";
import type { TimeRange } from "../monitoring/windowProfile";
import type { Clock, TableStore } from "../ports";
import type { ModelRegistry } from "../registry/modelRegistry";
import type { RunRecord } from "../training/runRecord";
import type { Usecase } from "../usecase/loadUsecases";
import { featureDays } from "./featureDays";
import { headline } from "./headline";
import { metricSeries } from "./metricSeries";
import type { AliasMoved, MonitoringReport, ReportedAlert, ReportedRun } from "./monitoringReport";
import { dayColumns, gravestOfDays } from "./reportedDays";
import { type CountsOf, reportedFeatures } from "./reportedFeatures";
import { reportedSignals } from "./reportedSignals";

export interface ReportPorts {
  monitors: Pick<MonitorStore, "outlines">;
  alerts: {
    list(
      subject: string,
      limit: number,
      status?: AlertStatus,
      after?: string,
      onUnreadable?: OnUnreadable,
    ): Promise<Alert[]>;
  };
  runs: { list(usecase: string, onUnreadable?: OnUnreadable): Promise<RunRecord[]> };
  registry: Pick<ModelRegistry, "alias" | "versions">;
  tables: TableStore;
  usecases: Map<string, Usecase>;
  clock: Clock;
  versionCounts: CountsOf;
  unwatchedSignals(model: string): Promise<{ signal: string; reason: string }[]>;
}

const mostResults = 30_000;
const mostAlerts = 1000;
const mostAudited = 2000;
/** documents that are read at a time */
const readTogether = 32;
const driftSignal = "input-drift";

/**
 * What monitoring found of a model in a range, and what was done. Of each signal the gravest result of a day is read,
 * and the newest, so that a month of hourly results costs some hundred reads. What cannot be read is noted.
 */
export async function monitoringReport(ports: ReportPorts, model: string, range: TimeRange): Promise<MonitoringReport> {
  const { monitors, usecases, clock, registry } = ports;
  const unreadable = new Set<string>();
  const note: OnUnreadable = ({ message }) => void unreadable.add(message);
  const columns = dayColumns(range);
  const outlines = await monitors.outlines(model, { limit: mostResults, ...range }, note);
  const newest = [...Map.groupBy(outlines, ({ signal }) => signal).values()].map(([first]) => first);
  const results = await read([...new Set([...gravestOfDays(outlines, columns), ...newest])], note);
  const ofDrift = results.filter(({ signal }) => signal === driftSignal);
  const heatMap = featureDays(ofDrift, columns);
  const found = {
    model,
    title: usecases.get(model)?.spec.title ?? model,
    from: range.from.toISOString(),
    to: range.to.toISOString(),
    at: clock.now().toISOString(),
    champion: (await registry.alias(model, "champion"))?.version,
    signals: reportedSignals(outlines, results),
    unwatched: await ports.unwatchedSignals(model),
    heatMap,
    features: await reportedFeatures(ports.versionCounts, ofDrift, heatMap),
    performance: metricSeries(results),
    ...(await history(ports, model, range, note)),
  };
  const notes = [
    ...notesOf(outlines.length, found.alerts.length),
    ...[...unreadable].map((text) => `Not read: ${text}`),
  ];
  return { ...found, headline: headline(found), notes };
}

/** The documents of results, oldest first. */
async function read(outlines: MonitorOutline[], note: OnUnreadable): Promise<MonitorResult[]> {
  const sorted = outlines.toSorted((a, b) => a.at.localeCompare(b.at));
  const results: MonitorResult[] = [];
  for (let at = 0; at < sorted.length; at += readTogether)
    results.push(...(await Promise.all(sorted.slice(at, at + readTogether).map((one) => readOne(one, note)))).flat());
  return results;
}

async function readOne({ documents, ...result }: MonitorOutline, note: OnUnreadable): Promise<MonitorResult[]> {
  const found = await documents(note);
  return found === undefined ? [] : [{ ...result, ...found }];
}

/** What happened to the model in the range: alerts, runs, moves of its aliases, and the versions these are about. */
async function history(
  { alerts, runs, registry, tables }: ReportPorts,
  model: string,
  range: TimeRange,
  note: OnUnreadable,
) {
  const [from, to] = [range.from.toISOString(), range.to.toISOString()];
  const isWithin = (instant: string) => instant >= from && instant < to;
  const all = await alerts.list(model, mostAlerts, undefined, undefined, note);
  const entries = await listAudit(tables, "models", model, { limit: mostAudited, onUnreadable: note });
  const versions = await registry.versions(model, note);
  return {
    alerts: all.filter((one) => one.raisedAt < to && (one.resolvedAt ?? to) >= from).map(reportedAlert),
    runs: (await runs.list(model, note)).filter(({ requestedAt }) => isWithin(requestedAt)).map(reportedRun),
    moves: entries.filter(({ action, at }) => action === "alias moved" && isWithin(at)).map(aliasMoved),
    versions: versions
      .map(({ version, createdAt, notShownBetter }) => ({
        version,
        createdAt,
        ...(notShownBetter && { notShownBetter }),
      }))
      .sort((a, b) => b.version - a.version),
  };
}

function reportedAlert(alert: Alert): ReportedAlert {
  const { id, rule, severity, status, summary, raisedAt, openedAt, resolvedAt, closedBy, closeReason } = alert;
  const { occurrences, actions } = alert;
  const told = {
    id,
    rule,
    severity,
    status,
    summary,
    raisedAt,
    openedAt,
    resolvedAt,
    closedBy,
    closeReason,
    occurrences,
  };
  return {
    ...told,
    actions: actions.map(({ kind, at, outcome, words, runId }) => ({ kind, at, outcome, words, runId })),
  };
}

function reportedRun(run: RunRecord): ReportedRun {
  const { id, trigger, status, requestedAt, finishedAt, version, promoted, message } = run;
  return { id, trigger, status, requestedAt, finishedAt, version, promoted, message };
}

function aliasMoved({ at, subject, actor, reason, details = {} }: AuditRecord): AliasMoved {
  const number = (value: unknown) => (typeof value === "number" ? value : undefined);
  const alias = subject.split(" ").at(-1) ?? subject;
  return { at, alias, from: number(details.from), to: number(details.to), actor, reason };
}

function notesOf(results: number, alerts: number): string[] {
  return [
    ...(results === mostResults ? [`Only the newest ${mostResults} results of the range are in this report.`] : []),
    ...(alerts === mostAlerts ? [`Only the newest ${mostAlerts} alerts are in this report.`] : []),
  ];
}
