import type { DatasetVersion } from "../../shared/data/datasetRegistry";
import { metricName } from "../../shared/evaluation/metricWords";
import { figure } from "../../shared/figure";
import type { ModelVersion } from "../../shared/registry/modelVersion";
import type { RunDescription } from "../../shared/training/describeRun";
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
    row("files", filesText(status)),
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
function datasetTexts({ info, datasets }: Status): string[] {
  const of = (usecase: string) => datasets.filter((dataset) => dataset.usecase === usecase);
  const without = info.usecases.filter((usecase) => of(usecase).length === 0);
  return [
    ...info.usecases.filter((usecase) => of(usecase).length > 0).map((usecase) => datasetText(usecase, of(usecase))),
    ...(without.length > 0 ? [`none yet: ${without.join(", ")}`] : []),
  ];
}

function datasetText(usecase: string, versions: DatasetVersion[]): string {
  const newest = versions.reduce((a, b) => (a.version > b.version ? a : b));
  const count = versions.length === 1 ? "1 version" : `${versions.length} versions`;
  return `${usecase}: ${count}, the newest is ${newest.version} with ${newest.rowCount} rows`;
}

function runTexts({ openRuns, runs }: Status, now: Date): string[] {
  if (openRuns.length > 0) return openRuns.map(openRunText);
  if (runs.length === 0) return ["none yet"];
  const [{ id, status, finishedAt, message }] = runs;
  const end = finishedAt === undefined ? "" : ` ${ago(new Date(finishedAt), now)}`;
  return [`none running; the last one, ${id}, ended as ${status}${end}${message === undefined ? "" : `: ${message}`}`];
}

function openRunText({ id, status, progress }: RunDescription): string {
  if (status !== "training") return `${id} is ${status}`;
  const { trialsDone, trialsTotal, secondsLeft } = progress;
  const left = secondsLeft === undefined ? "" : `, about ${secondsLeft} s left`;
  return `${id} is training: ${trialsDone} of ${trialsTotal} trials${left}`;
}

function championTexts({ champions }: Status): string[] {
  const without = champions.filter(({ champion }) => champion === undefined).map(({ model }) => model);
  return [
    ...champions.flatMap(({ model, champion }) => (champion ? [championText(model, champion)] : [])),
    ...(without.length > 0 ? [`none yet: ${without.join(", ")}`] : []),
  ];
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

function alertTexts({ alerts, unreadableAlerts = [] }: Status, now: Date): string[] {
  if (alerts.length === 0 && unreadableAlerts.length === 0) return ["none open"];
  const texts = alerts
    .slice(0, shownAlerts)
    .map(
      ({ subject, rule, severity, raisedAt }) =>
        `${subject} ${rule} (${severity}), raised ${ago(new Date(raisedAt), now)}`,
    );
  const more = alerts.length - texts.length;
  if (more > 0) texts.push(`and ${more} more: GET /alerts?status=open`);
  return [...texts, ...unreadableAlerts];
}

/** How long ago, in the largest unit that fits. */
function ago(then: Date, now: Date): string {
  const seconds = Math.max(0, Math.round((now.getTime() - then.getTime()) / 1000));
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3600) return `${Math.round(seconds / 60)} min ago`;
  return seconds < 48 * 3600 ? `${Math.round(seconds / 3600)} h ago` : `${Math.round(seconds / 86_400)} days ago`;
}
