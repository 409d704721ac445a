import type { DatasetVersion } from "../../shared/data/datasetRegistry";
import { metricName } from "../../shared/evaluation/metricWords";
import { figure } from "../../shared/figure";
import type { ModelVersion } from "../../shared/registry/modelVersion";
import type { RunRecord } from "../../shared/training/runRecord";
import type { Status } from "./readStatus";

const shownAlerts = 3;
const width = 110;

/** A status in about ten lines. */
export function statusLines(status: Status, now: Date): string[] {
  const { info, notReady, capture, lastCaptured } = status;
  const lost = capture.lostRecords ? `, ${capture.lostRecords} records lost` : "";
  const last = lastCaptured
    ? `last captured ${ago(lastCaptured.at, now)}, for ${lastCaptured.model}`
    : "none captured yet";
  return [
    row("address", `${info.url}${info.ready ? "" : ", starting"}`),
    row("storage", notReady.length === 0 ? `reachable at ${storageAddress(info.storage)}` : notReady.join("; ")),
    ...rows("files", [filesText(status), ...unreadableOf(status, "files")]),
    ...rows("datasets", datasetTexts(status)),
    ...rows("runs", runTexts(status, now)),
    ...rows("champions", championTexts(status)),
    ...rows("alerts", alertTexts(status, now)),
    row("predictions", `${last} (capture ${capture.mode}${lost})`),
  ];
}

function rows(title: string, texts: string[]): string[] {
  return texts.map((text, i) => row(i === 0 ? title : "", text));
}

function row(title: string, text: string): string {
  const line = `${title.padEnd(12)}${text}`;
  return line.length <= width ? line : `${line.slice(0, width - 3)}...`;
}

function unreadableOf({ unreadable }: Status, list: keyof Status["unreadable"]): string[] {
  return unreadable[list] ?? [];
}

/** "none yet", where nothing is hidden by a row that cannot be read. */
function none(unreadable: string[]): string {
  return unreadable.length === 0 ? "none yet" : "none that can be read";
}

function storageAddress(connection: string): string {
  return /BlobEndpoint=https?:\/\/([^/;]+)/.exec(connection)?.[1] ?? "the address in local.json";
}

function filesText({ files }: Status): string {
  const pending = files.filter(({ status }) => status === "pending");
  const rejected = files.filter(({ status }) => status === "rejected").length;
  const names = pending.map(({ folder, file }) => `${folder}/${file}`).join(", ");
  const waiting = pending.length === 0 ? "none waiting" : `${pending.length} waiting (${names})`;
  return `${waiting}; ${rejected} of ${files.length} in the inboxes rejected`;
}

/**
 * One line for each use case with datasets, and one for all others: many use cases must not push the rest off the
 * screen.
 */
function datasetTexts(status: Status): string[] {
  const { info, datasets } = status;
  const unreadable = unreadableOf(status, "datasets");
  const of = (usecase: string) => datasets.filter((dataset) => dataset.usecase === usecase);
  const without = info.usecases.filter((usecase) => of(usecase).length === 0);
  return [
    ...info.usecases.filter((usecase) => of(usecase).length > 0).map((usecase) => datasetText(usecase, of(usecase))),
    ...(without.length > 0 ? [`${none(unreadable)}: ${without.join(", ")}`] : []),
    ...unreadable,
  ];
}

function datasetText(usecase: string, versions: DatasetVersion[]): string {
  const newest = versions.reduce((a, b) => (a.version > b.version ? a : b));
  const count = versions.length === 1 ? "1 version" : `${versions.length} versions`;
  return `${usecase}: ${count}, the newest is ${newest.version} with ${newest.rowCount} rows`;
}

function runTexts(status: Status, now: Date): string[] {
  const { openRuns, runs } = status;
  const unreadable = unreadableOf(status, "runs");
  if (openRuns.length > 0) return [...openRuns.map(openRunText), ...unreadable];
  return [runs.length === 0 ? none(unreadable) : lastRunText(runs[0], now), ...unreadable];
}

function lastRunText({ id, status, finishedAt, message }: RunRecord, now: Date): string {
  const end = finishedAt === undefined ? "" : ` ${ago(new Date(finishedAt), now)}`;
  return `none running; the last one, ${id}, ended as ${status}${end}${message === undefined ? "" : `: ${message}`}`;
}

function openRunText({ id, status, progress, unreadable }: Status["openRuns"][number]): string {
  if (unreadable !== undefined) return `${id} is ${status}: ${unreadable}`;
  if (status !== "training" || progress === undefined) return `${id} is ${status}`;
  const { trialsDone, trialsTotal, secondsLeft } = progress;
  const left = secondsLeft === undefined ? "" : `, about ${secondsLeft} s left`;
  return `${id} is training: ${trialsDone} of ${trialsTotal} trials${left}`;
}

function championTexts(status: Status): string[] {
  const without = status.champions.filter(({ champion, unreadable }) => (champion ?? unreadable) === undefined);
  const texts = status.champions.flatMap(({ model, champion, unreadable }) => {
    if (unreadable !== undefined) return [`${model}: ${unreadable}`];
    return champion ? [championText(model, champion)] : [];
  });
  if (without.length > 0) texts.push(`none yet: ${without.map(({ model }) => model).join(", ")}`);
  // the row of a champion's alias has been told beside its model
  const told = (message: string) => texts.some((text) => text.endsWith(message));
  return [...texts, ...unreadableOf(status, "champions").filter((message) => !told(message))];
}

function championText(model: string, champion: ModelVersion): string {
  const { version, selectionMetric: metric, metrics, baselines = {}, notShownBetter } = champion;
  const mark = notShownBetter ? `, not shown better than ${notShownBetter.join(" and ")}` : "";
  if (metric === undefined || metrics === undefined)
    return `${model} ${version}: trained elsewhere, not evaluated here`;
  const shown = (values: Record<string, unknown>) => figure(Number(values[metric]));
  const others = Object.entries(baselines).map(([name, values]) => `${name} ${shown(values)}`);
  return `${model} ${version}: ${metricName(metric)} ${shown(metrics)}${mark} (${others.join(", ")})`;
}

function alertTexts(status: Status, now: Date): string[] {
  const { alerts } = status;
  const unreadable = unreadableOf(status, "alerts");
  if (alerts.length === 0 && unreadable.length === 0) return ["none open"];
  const texts = alerts
    .slice(0, shownAlerts)
    .map(
      ({ subject, rule, severity, raisedAt }) =>
        `${subject} ${rule} (${severity}), raised ${ago(new Date(raisedAt), now)}`,
    );
  const more = alerts.length - texts.length;
  if (more > 0) texts.push(`and ${more} more: GET /alerts?status=open`);
  return [...texts, ...unreadable];
}

/** How long ago, in the largest unit that fits. */
function ago(then: Date, now: Date): string {
  const seconds = Math.max(0, Math.round((now.getTime() - then.getTime()) / 1000));
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3600) return `${Math.round(seconds / 60)} min ago`;
  return seconds < 48 * 3600 ? `${Math.round(seconds / 3600)} h ago` : `${Math.round(seconds / 86_400)} days ago`;
}
