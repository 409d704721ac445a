import { parseArgs } from "node:util";
import type { FeatureTable } from "../../shared/data/featureTable";
import { messageOf } from "../../shared/errors";
import { randomForest } from "../../shared/training/trainers/randomForest";
import { trainPeer } from "./trainPeer";
import { brierScore, rankAuc } from "./trainQuality";
import { type BenchRows, benchRows } from "./trainRows";

const help = `Fits the random forest (100 trees, depth 10, one thread) on seeded rows, beside scikit-learn when python3 has it.

  npm run bench:train -- [--rows 77000] [--columns 7]

Progress goes to stderr; the last line on stdout is JSON. Quality is measured on 20,000 other rows of the same generator.
A fit is timed once, cold, on both sides; ours includes compilation by the engine. peakMb is the whole process.`;

const forest = { trees: 100, maxDepth: 10, minLeafRows: 1 };
const seed = 7;
const testRowCount = 20_000;

interface BenchResult {
  rows: number;
  columns: number;
  learner: string;
  seconds: number;
  peakMb: number;
  auc: number;
  brier: number;
  peers: Record<string, Record<string, unknown>>;
}

function tableOf({ columns, classes }: BenchRows): FeatureTable {
  const numbers = columns.map((values, index) => ({ name: `x${index}`, values }));
  return { rowCount: classes.length, numbers, categories: [] };
}

function measureForest(train: BenchRows, test: BenchRows): BenchResult {
  const target = { task: "classification" as const, classes: ["0", "1"], codes: train.classes };
  const settings = randomForest.parameters.parse(forest);
  const started = performance.now();
  const model = randomForest.fit(tableOf(train), target, settings, { seed });
  const seconds = (performance.now() - started) / 1000;
  const peakMb = process.resourceUsage().maxRSS / 1024;
  const scores = model.predict(tableOf(test)).filter((_, at) => at % 2 === 1);
  return {
    rows: train.classes.length,
    columns: train.columns.length,
    learner: "random-forest",
    seconds: rounded(seconds, 3),
    peakMb: rounded(peakMb, 1),
    auc: rounded(rankAuc(scores, test.classes), 5),
    brier: rounded(brierScore(scores, test.classes), 5),
    peers: {},
  };
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}

function positiveInteger(text: string, option: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new Error(`--${option} takes a whole number from 1 on, not "${text}"`);
  return value;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      rows: { type: "string", default: "77000" },
      columns: { type: "string", default: "7" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return console.log(help);
  const rowCount = positiveInteger(values.rows, "rows");
  const columnCount = positiveInteger(values.columns, "columns");
  const train = benchRows(rowCount, columnCount, seed);
  const test = benchRows(testRowCount, columnCount, seed + 1);
  const share = train.classes.reduce((sum, code) => sum + code, 0) / rowCount;
  console.error(`${rowCount} rows x ${columnCount} columns, ${(100 * share).toFixed(1)} % positive`);
  const result = measureForest(train, test);
  console.error(`random-forest: ${result.seconds} s, AUC ${result.auc}, Brier ${result.brier}`);
  const peer = await trainPeer({ ...forest, seed, columns: columnCount }, train, test);
  if ("skipped" in peer) console.error(`scikit-learn skipped: ${peer.skipped}`);
  else {
    result.peers.sklearn = peer.result;
    const ratio = result.seconds / Number(peer.result.seconds);
    console.error(
      `scikit-learn: ${peer.result.seconds} s, AUC ${peer.result.auc}; ours takes ${ratio.toFixed(3)} of it`,
    );
  }
  console.log(JSON.stringify([result]));
}

main().catch((error: unknown) => {
  console.error(messageOf(error));
  process.exitCode = 1;
});
