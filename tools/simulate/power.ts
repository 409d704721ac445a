import { parseArgs } from "node:util";
import { messageOf } from "../../shared/errors";
import { type Fault, integrityFaults, shiftFault } from "./faults";
import { hoursAWeek } from "./series";
import { simulatedWeeks, unusedSeeds, type WatchedWeeks, weekly } from "./sources";
import { alarmsOf, rowAt, watchWindows } from "./watchSeries";
import { writeSection } from "./writeSection";

const help = `Puts faults into weeks in which nothing else is wrong, and counts in how many the monitor finds them.

  npm run sim:power -- [--train-weeks 104] [--weeks 100] [--every 9] [--seeds 11,12] [--write]

  --train-weeks  weeks of rows that the version was trained on
  --weeks        weeks after them, of each seed
  --every        a fault begins in every so many of them
  --seeds        of the simulated series, separated by commas
  --write        put the results into docs/monitoring-results.md
  --help         show this text

Shifts are found where an alert is open by the end of the second window (a week each); other faults where any signal
that judges rows raises an alert in the first. The last line on stdout is JSON.`;

interface Found {
  fault: string;
  /** by column: faults, and how many were found */
  columns: Record<string, { faults: number; found: number }>;
}

type Judge = (weeks: WatchedWeeks, fault: Fault, column: number, week: number) => Promise<boolean>;

const isAlerted: Judge = async ({ trained, starts }, fault, column, week) => {
  const later = { times: trained.times, table: fault.apply(trained, column, rowAt(trained.times, starts[week])) };
  const found = await watchWindows(trained, later, [starts[week], starts[week + 1]], weekly);
  return found.some(({ isOpen }) => isOpen);
};

const isAlarmed: Judge = async ({ trained, starts }, fault, column, week) => {
  const later = { times: trained.times, table: fault.apply(trained, column, rowAt(trained.times, starts[week])) };
  return (await alarmsOf(trained, later, starts[week], hoursAWeek)).length > 0;
};

async function measure(fault: Fault, judge: Judge, sources: WatchedWeeks[], every: number): Promise<Found> {
  const columns: Found["columns"] = {};
  for (const weeks of sources) {
    const names = weeks.trained.model.inputs.map(({ name }) => name);
    for (const column of fault.columns(weeks.trained))
      for (let week = 5; week + 1 < weeks.starts.length; week += every) {
        const counts = columns[names[column]] ?? { faults: 0, found: 0 };
        counts.faults++;
        if (await judge(weeks, fault, column, week)) counts.found++;
        columns[names[column]] = counts;
      }
  }
  const found = { fault: fault.name, columns };
  console.error(`${fault.name}: ${percent(total(found))}`);
  return found;
}

function total({ columns }: Found): { faults: number; found: number } {
  const all = Object.values(columns);
  return {
    faults: all.reduce((sum, one) => sum + one.faults, 0),
    found: all.reduce((sum, one) => sum + one.found, 0),
  };
}

function percent({ faults, found }: { faults: number; found: number }): string {
  return `${((100 * found) / faults).toFixed(0)} %`;
}

function tableOf(found: Found[]): string {
  const names = Object.keys(found[0].columns);
  const rest = [...new Set(found.flatMap(({ columns }) => Object.keys(columns)))].filter(
    (name) => !names.includes(name),
  );
  const all = [...names, ...rest];
  return [
    `| fault | found | ${all.join(" | ")} |`,
    `|---|---|${all.map(() => "---").join("|")}|`,
    ...found.map((one) => {
      const cells = all.map((name) => (one.columns[name] ? percent(one.columns[name]) : ""));
      return `| ${one.fault} | ${percent(total(one))} | ${cells.join(" | ")} |`;
    }),
  ].join("\n");
}

const introduction = `Faults in simulated weeks, each column in turn, on seeds that nothing was tuned on. Shifts are in training deviations, begin at once with a week,
and count as found where an alert is open by the end of the second; other faults where any signal that judges rows raises an alert in the first. The
aims are 90 % for a shift of one deviation and 100 % for the other faults; **where the column "found" is below, they are not met**.

- Columns that others tell reach the aim; one that is slow and that no other column tells is worth one or two independent rows a week, and does not.
- A frozen sensor is missed where training itself has long runs (moisture and sight rest at the ends of their scales for up to 15 and 64 hours): data
  integrity reads at most 24 hours, and the run that it asks for does not fit in.
- The bearing's unit slip goes beyond 360 degrees. Data integrity judges declared ranges, and the simulated columns have none; drift wraps it round.
- A move of the share of the positive class (label shift) is not simulated.`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      "train-weeks": { type: "string", default: "104" },
      weeks: { type: "string", default: "100" },
      every: { type: "string", default: "9" },
      seeds: { type: "string", default: unusedSeeds.slice(0, 2).join(",") },
      write: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return console.log(help);
  const seeds = values.seeds.split(",").map(Number);
  const sources = seeds.map((seed) => simulatedWeeks(Number(values["train-weeks"]), Number(values.weeks), seed));
  const found: Found[] = [];
  for (const sigmas of [0.5, 1, 2])
    found.push(await measure(shiftFault(sigmas), isAlerted, sources, Number(values.every)));
  for (const fault of integrityFaults) found.push(await measure(fault, isAlarmed, sources, Number(values.every) * 4));
  if (values.write) writeSection("Power", `${introduction}\n\n${tableOf(found)}`);
  console.log(tableOf(found));
  console.log(JSON.stringify({ power: found }));
}

main().catch((error: unknown) => {
  console.error(messageOf(error));
  process.exitCode = 1;
});
