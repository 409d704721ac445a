import { parseArgs } from "node:util";
import { messageOf } from "../../shared/errors";
import { learnerNames } from "../../shared/learners/registry";
import { type FitMeasure, measureFit } from "./trainFit";
import { benchLearner, defaultLearners } from "./trainLearners";
import { type PeerMeasure, PeerRows } from "./trainPeers";

/** a longer turn is not repeated, since noise matters little in it */
const longTurnSeconds = 30;

const help = `Fits learners on seeded rows, 30 % of them positive, and compares them with scikit-learn and LightGBM
if python3 has those packages; one thread each.

  npm run bench:train -- [--rows 77000] [--columns 7,45] [--learner ${defaultLearners.join(",")}] [--repeats 3]
  npm run bench:train -- --large

  --rows     training rows; quality is measured on 20,000 other rows of the same generator
  --columns  numbers of columns, one table for each
  --learner  learners of the registry, separated by commas; unknown ones are skipped
  --repeats  number of times that ours and the peers take turns, if a turn takes less than ${longTurnSeconds} s;
             the fastest counts (scikit-learn's SVC alone takes a minute at 7 columns and a quarter of an hour at 45)
  --large    gradient boosting on 1,000,000 rows x 20 columns, once
  --help     show this text

Forests have 100 trees of depth 10, boosting has 100 rounds with 31 leaves, and the others use their defaults. Each
fit runs in its own process: "seconds" is its first fit, including compilation by the engine and the row sorting
that makes fits repeatable; "warmSeconds" is its second fit. "peakMb" is the peak memory of the process, including
its rows. Progress goes to stderr; the last line on stdout is JSON.`;

const testRows = 20_000;

interface BenchResult extends FitMeasure {
  rows: number;
  columns: number;
  learner: string;
  peers: Record<string, PeerMeasure>;
}

interface Plan {
  rows: number;
  columns: number;
  repeats: number;
}

async function measure(learner: string, plan: Plan, peerRows: PeerRows): Promise<BenchResult> {
  const { parameters, peers: peerSettings } = benchLearner(learner);
  const ours: FitMeasure[] = [];
  const peers: Record<string, PeerMeasure[]> = {};
  const missing = new Set<string>();
  const start = performance.now();
  for (
    let repeat = 0;
    repeat === 0 || (repeat < plan.repeats && performance.now() - start < repeat * longTurnSeconds * 1000);
    repeat++
  ) {
    ours.push(await measureFit({ learner, parameters, testRows, ...plan }));
    for (const [peer, settings] of Object.entries(peerSettings)) {
      if (missing.has(peer)) continue;
      const result = await peerRows.measure(peer, learner, settings);
      if ("skipped" in result) {
        missing.add(peer);
        console.error(`  ${peer} skipped: ${result.skipped}`);
      } else peers[peer] = [...(peers[peer] ?? []), result];
    }
  }
  const { rows, columns } = plan;
  const least = Object.fromEntries(Object.entries(peers).map(([peer, list]) => [peer, leastOf(list)]));
  return { rows, columns, learner, ...leastOf(ours), peers: least };
}

/**
 * The minimum of every figure, which other work on the machine disturbed least. Quality is the same in every repeat.
 */
function leastOf<T extends object>(list: T[]): T {
  const entries = Object.entries(list[0]).map(([key, value]) => {
    if (typeof value !== "number") return [key, value];
    const least = Math.min(...list.map((one) => (one as Record<string, number>)[key]));
    return [key, Number(least.toFixed(key === "peakMb" ? 1 : key.endsWith("econds") ? 3 : 5))];
  });
  return Object.fromEntries(entries);
}

function report({ learner, peers, ...ours }: BenchResult): void {
  const line = (name: string, { seconds, peakMb, auc, brier }: Omit<PeerMeasure, "version">, ratio: string) =>
    console.error(
      `  ${name.padEnd(22)} ${seconds.toFixed(3).padStart(8)} s ${String(peakMb).padStart(7)} MB  AUC ${auc}  Brier ${brier}${ratio}`,
    );
  line(learner, ours, `  (warm ${ours.warmSeconds.toFixed(3)} s)`);
  for (const [peer, theirs] of Object.entries(peers))
    line(
      `${peer} ${theirs.version}`,
      theirs,
      `  ours takes ${(ours.seconds / theirs.seconds).toFixed(2)} times as long`,
    );
}

function positiveInteger(text: string, option: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new Error(`--${option} must be a whole number of at least 1, not "${text}"`);
  return value;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      rows: { type: "string", default: "77000" },
      columns: { type: "string", default: "7,45" },
      learner: { type: "string", default: defaultLearners.join(",") },
      repeats: { type: "string", default: "3" },
      large: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    console.log(help);
    return;
  }
  const asked = values.large ? ["gradient-boosting"] : values.learner.split(",");
  const learners = asked.filter((learner) => learnerNames.includes(learner));
  for (const learner of asked) if (!learners.includes(learner)) console.error(`${learner} skipped: unknown learner`);
  const rows = values.large ? 1_000_000 : positiveInteger(values.rows, "rows");
  const repeats = values.large ? 1 : positiveInteger(values.repeats, "repeats");
  const widths = values.large ? [20] : values.columns.split(",").map((text) => positiveInteger(text, "columns"));
  const results: BenchResult[] = [];
  for (const columns of widths) {
    console.error(`${rows} rows x ${columns} columns`);
    const peerRows = await PeerRows.write(rows, testRows, columns);
    try {
      for (const learner of learners) {
        const result = await measure(learner, { rows, columns, repeats }, peerRows);
        report(result);
        results.push(result);
      }
    } finally {
      await peerRows.remove();
    }
  }
  console.log(JSON.stringify(results));
}

main().catch((error: unknown) => {
  console.error(messageOf(error));
  process.exitCode = 1;
});
