import { parseArgs } from "node:util";
import { messageOf } from "../../shared/errors";
import { type FeatureTable, selectRows } from "../../shared/featureTable";
import { evidentlyPeer } from "./evidentlyPeer";
import { ksRule } from "./ksRule";
import { sampleWeeks, simulatedWeeks, type WatchedWeeks, weekly, weekMs } from "./sources";
import { rowAt, watchWindows } from "./watchSeries";
import { writeSection } from "./writeSection";

const help = `Counts false alarms of the monitor of inputs in weeks in which nothing is wrong.

  npm run sim:false-alarms -- [--weeks 200] [--train-weeks 104] [--seeds 1,2,3] [--python python3] [--write]

  --weeks        weeks that are judged, of each seed
  --train-weeks  weeks of rows that the version was trained on
  --seeds        of the simulated series, separated by commas
  --python       interpreter with the package evidently; where it has none, that comparison is left out
  --peer-weeks   weeks that Evidently judges, of each series (default 52: it takes most of a second a week)
  --write        put the results into docs/monitoring-results.md
  --help         show this text

The samples of use cases that ship are judged too: a version trained on their training rows, week by week of their
hold-out rows. The last line on stdout is JSON.`;

interface Counted {
  name: string;
  weeks: number;
  /** weeks in which the condition held, and in which an alert was open */
  raised: number;
  alerted: number;
  ksRule: number;
  evidently?: { weeks: number; anyColumn: number; dataset: number };
}

async function count(weeks: WatchedWeeks, python: string, peerWeeks: number): Promise<Counted> {
  const { name, trained, starts } = weeks;
  const found = await watchWindows(trained, trained, starts, weekly);
  const tables = starts.map((start) => weekOf(weeks, start));
  const peer = await evidentlyPeer(python, trained.trainedTable, tables.slice(0, peerWeeks));
  if ("skipped" in peer) console.error(`${name}: ${peer.skipped}`);
  const counted = {
    name,
    weeks: starts.length,
    raised: found.filter(({ evaluation }) => evaluation.verdict === "drift").length,
    alerted: found.filter(({ isOpen }) => isOpen).length,
    ksRule: tables.filter((table) => ksRule(trained.trainedTable, table)).length,
    ...(!("skipped" in peer) && { evidently: peer }),
  };
  console.error(`${name}: ${counted.alerted} of ${counted.weeks} weeks with an alert`);
  return counted;
}

function weekOf({ trained }: WatchedWeeks, start: number): FeatureTable {
  const [from, to] = [rowAt(trained.times, start), rowAt(trained.times, start + weekMs)];
  return selectRows(
    trained.table,
    Int32Array.from({ length: to - from }, (_, i) => from + i),
  );
}

function tableOf(counted: Counted[]): string {
  const share = (part: number, whole: number) => `${((100 * part) / whole).toFixed(1)} %`;
  const lines = counted.map(({ name, weeks, raised, alerted, ksRule, evidently }) => {
    const peer = evidently
      ? `${share(evidently.anyColumn, evidently.weeks)} / ${share(evidently.dataset, evidently.weeks)}`
      : "not run";
    return `| ${name} | ${weeks} | ${share(alerted, weeks)} | ${share(raised, weeks)} | ${share(ksRule, weeks)} | ${peer} |`;
  });
  return [
    "| rows in which nothing is wrong | weeks | weeks with an alert | weeks whose window alone would alarm | KS p < 0.05 in any number | Evidently: any column / dataset |",
    "|---|---|---|---|---|---|",
    ...lines,
  ].join("\n");
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      weeks: { type: "string", default: "200" },
      "train-weeks": { type: "string", default: "104" },
      seeds: { type: "string", default: "1,2,3" },
      python: { type: "string", default: "python3" },
      "peer-weeks": { type: "string", default: "52" },
      write: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return console.log(help);
  const counted: Counted[] = [];
  for (const seed of values.seeds.split(",").map(Number)) {
    const weeks = simulatedWeeks(Number(values["train-weeks"]), Number(values.weeks), seed);
    counted.push(await count(weeks, values.python, Number(values["peer-weeks"])));
  }
  for (const weeks of await sampleWeeks())
    counted.push(await count(weeks, values.python, Number(values["peer-weeks"])));
  if (values.write) writeSection("False alarms", tableOf(counted));
  console.log(tableOf(counted));
  console.log(JSON.stringify({ falseAlarms: counted }));
}

main().catch((error: unknown) => {
  console.error(messageOf(error));
  process.exitCode = 1;
});
