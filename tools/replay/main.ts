import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { parseArgs } from "node:util";
import { AppError, messageOf } from "../../shared/errors";
import { figure } from "../../shared/figure";
import { reportPage } from "../../shared/report/reportPage";
import { loadUsecases } from "../../shared/usecase/loadUsecases";
import { faultHelp, parseFault } from "./faults";
import { judgeReplay } from "./judgeReplay";
import { replay } from "./replay";
import { replayPage } from "./replayPage";
import type { ReplayReport } from "./replayReport";
import { deviationIn, readReplayRows } from "./replayRows";

const help = `npm run replay -- USECASE [options]

Shows how monitoring would have behaved: trains on the rows before a range, then sends those of the range hour by hour
through the app at a simulated time. Every timer runs at its time, and what became true arrives with later rows.
Writes an HTML page with pictures and a JSON file, and beside them the app's own monitoring report of the range
(monitoring.html); the last line is JSON.

  --file FILE    rows, CSV or Parquet with the use case's columns (default: the use case's sample)
  --from DATE    first day of the range (default: the use case's hold-out, else the middle of the rows)
  --to DATE      end of the range (default: the end of the rows)
${faultHelp}
  --new-data N   drop what was observed as a new dataset every N days (default 28)
  --out DIR      where the report is written (default replay-report)
  --max-false N  end with exit code 1 above this number of false alarms a monitor-year
  --help         show this text`;

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      file: { type: "string" },
      from: { type: "string" },
      to: { type: "string" },
      inject: { type: "string", multiple: true, default: [] },
      "new-data": { type: "string", default: "28" },
      out: { type: "string", default: "replay-report" },
      "max-false": { type: "string" },
      usecases: { type: "string", default: "models" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return console.log(help);
  const usecase = usecaseOf(values.usecases, positionals);
  const { spec } = usecase;
  const file = values.file ?? (spec.sample === undefined ? undefined : path.join(usecase.folder, spec.sample));
  if (file === undefined) throw new AppError("invalid_input", `${spec.name} has no sample: name a file with --file`);
  const rows = await readReplayRows(file, spec);
  const fromMs = fromOf(values.from, spec.split, rows);
  const toMs = values.to === undefined ? (rows.at(-1)?.timeMs ?? 0) + 1 : dateOf("--to", values.to);
  const history = rows.filter(({ timeMs }) => timeMs < fromMs);
  if (history.length === 0 || toMs <= fromMs)
    throw new AppError("invalid_input", "the range needs rows in it, and rows before it to train on");
  const columns = Object.keys(spec.columns).filter((name) => name !== spec.time);
  const faults = values.inject.map((text) => parseFault(text, columns, (column) => deviationIn(history, column)));
  const startedMs = performance.now();
  const replayed = await replay({
    spec,
    rows,
    fromMs,
    toMs,
    faults,
    newDataDays: Number(values["new-data"]),
    onProgress,
  });
  const seconds = (performance.now() - startedMs) / 1000;
  const positive = spec.label.positive;
  const judged = judgeReplay(replayed, faults, { fromMs, toMs }, positive);
  const { predictions: _predictions, alerts, monitoring, ...counts } = replayed;
  const report = { usecase: spec.name, file, from: iso(fromMs), to: iso(toMs), seconds, ...counts, ...judged, alerts };
  await mkdir(values.out, { recursive: true });
  await writeFile(path.join(values.out, "replay.json"), `${JSON.stringify(report, null, 1)}\n`);
  await writeFile(path.join(values.out, "replay.html"), replayPage(report));
  if (monitoring !== undefined) {
    await writeFile(path.join(values.out, "monitoring.json"), `${JSON.stringify(monitoring, null, 1)}\n`);
    await writeFile(path.join(values.out, "monitoring.html"), reportPage(monitoring, "file"));
  }
  for (const line of linesOf(report)) console.log(line);
  console.log(`the report is in ${path.join(values.out, "replay.html")}`);
  const { falseAlarmsAYear } = judged;
  const found = judged.faults.filter(({ foundBy }) => foundBy !== undefined).length;
  console.log(
    JSON.stringify({
      hours: counts.hours,
      seconds,
      falseAlarmsAYear,
      faults: faults.length,
      found,
      overall: judged.overall,
    }),
  );
  if (values["max-false"] !== undefined && falseAlarmsAYear > Number(values["max-false"])) process.exitCode = 1;
}

function linesOf({
  hours,
  seconds,
  falseAlarms,
  falseAlarmsAYear,
  faults,
  runs,
  overall,
  notices,
}: ReplayReport): string[] {
  const words = ({ brier, mcc, meanAbsoluteError }: typeof overall.champion) =>
    meanAbsoluteError === undefined
      ? `Brier score ${figure(brier ?? Number.NaN, 4)}${mcc === undefined ? "" : `, MCC ${figure(mcc, 3)}`}`
      : `mean absolute error ${figure(meanAbsoluteError, 4)}`;
  return [
    `${hours} hours in ${figure(seconds, 3)} s; ${runs.length} training runs`,
    `false alarms: ${falseAlarms.length}, ${figure(falseAlarmsAYear, 2)} a monitor-year; ${notices} notices that call nobody`,
    ...falseAlarms.map(({ at, rule, summary }) => `  ${at.slice(0, 16)} ${rule}: ${summary.slice(0, 160)}`),
    ...faults.map(({ fault, foundBy }) =>
      foundBy
        ? `${fault}: found after ${figure(foundBy.delayHours / 24, 2)} days by ${foundBy.rule}`
        : `${fault}: NOT found`,
    ),
    `with retraining: ${words(overall.champion)}; without: ${words(overall.first)}`,
  ];
}

function usecaseOf(folder: string, positionals: string[]) {
  const usecases = loadUsecases(folder);
  const [name] = positionals;
  const usecase = usecases.get(name ?? "");
  if (usecase !== undefined && positionals.length === 1) return usecase;
  const known = [...usecases.keys()].join(", ");
  throw new AppError("invalid_input", `name one use case: npm run replay -- NAME; there are ${known}`);
}

function fromOf(text: string | undefined, split: object, rows: readonly { timeMs: number }[]): number {
  if (text !== undefined) return dateOf("--from", text);
  if ("holdoutFrom" in split && typeof split.holdoutFrom === "string") return Date.parse(split.holdoutFrom);
  return Math.floor((rows[0].timeMs + rows[rows.length - 1].timeMs) / 2 / 86_400_000) * 86_400_000;
}

function dateOf(option: string, text: string): number {
  const ms = Date.parse(/^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00:00Z` : text);
  if (Number.isNaN(ms))
    throw new AppError("invalid_input", `${option}: "${text}" is not a date: write it as 2013-07-01`);
  return ms;
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}

let shown = -1;

function onProgress(share: number, at: Date): void {
  const percent = Math.floor(share * 100);
  if (percent < shown + 5) return;
  shown = percent;
  console.error(`${percent} %: ${at.toISOString().slice(0, 10)}`);
}

main().catch((error) => {
  console.error(messageOf(error));
  process.exitCode = 1;
});
