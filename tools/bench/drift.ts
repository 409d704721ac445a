import { fork } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { messageOf } from "../../shared/errors";
import { startStorageEmulator } from "../start/storageEmulator";
import { captureRows, columnCount, fourWeeks } from "./driftLog";
import { type DriftJob, type DriftMeasure, measureDrift } from "./driftMeasures";
import { measureEvidently } from "./driftPeer";

const help = `npm run bench:drift -- [--rows N[,N]] [--per-request N[,N]] [--python PATH] [--no-peer]

Measures the drift monitor over captured rows of ${columnCount} columns, spread over four weeks of hours:
first when no profile of them is written, then when all are. Beside it the lower bound of the first: reading the
same bytes and parsing each body as JSON. Evidently compares the same number of rows in the same run, where
Python has it. Each measurement runs in a process of its own. The last line is JSON.

  --rows N[,N]         captured rows (default 1000000,10000000)
  --per-request N[,N]  rows in a request (default 100)
  --python PATH        the interpreter that has evidently (default python3)
  --no-peer            leave Evidently out
  --help               show this text`;

async function main(): Promise<void> {
  if (process.send) return process.on("message", (job: DriftJob) => void answer(job)) as never;
  const { values } = parseArgs({
    options: {
      rows: { type: "string", default: "1000000,10000000" },
      "per-request": { type: "string", default: "100" },
      python: { type: "string", default: "python3" },
      "no-peer": { type: "boolean", default: false },
      help: { type: "boolean" },
    },
  });
  if (values.help) return console.log(help);
  const results = [];
  for (const rows of numbersIn(values.rows))
    for (const rowsPerRequest of numbersIn(values["per-request"])) {
      const peer = values["no-peer"] ? "left out" : await measureEvidently(values.python, rows);
      const result = { rows, rowsPerRequest, ...(await measure(rows, rowsPerRequest)), evidently: peer };
      console.error(result);
      results.push(result);
    }
  console.log(JSON.stringify(results));
}

function numbersIn(list: string): number[] {
  return list.split(",").map((text) => {
    const number = Number(text);
    if (!Number.isInteger(number) || number < 1) throw new Error(`"${text}" is not a whole number above 0`);
    return number;
  });
}

/** Captures rows into an emulator of their own, and measures the monitor there. */
async function measure(rows: number, rowsPerRequest: number) {
  const folder = await mkdtemp(path.join(tmpdir(), "tidegate-bench-"));
  const emulator = await startStorageEmulator(folder);
  try {
    const storage = emulator.connectionString;
    console.error(`capturing ${rows} rows in requests of ${rowsPerRequest} ...`);
    const capturedMb = Math.round((await captureRows(storage, rows, rowsPerRequest)) / 2 ** 20);
    const readAndParse = await inChild({ storage, mode: "limit", ...fourWeeks });
    const writing = await inChild({ storage, mode: "drift", ...fourWeeks });
    const written = await inChild({ storage, mode: "drift", ...fourWeeks });
    const perMillion = Math.round((writing.seconds / rows) * 1e9) / 1000;
    return { capturedMb, readAndParse, writing, secondsPerMillionWritten: perMillion, written };
  } finally {
    await emulator.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function answer(job: DriftJob): Promise<void> {
  process.send?.(await measureDrift(job));
}

function inChild(job: DriftJob): Promise<DriftMeasure> {
  const child = fork(__filename);
  child.send(job);
  return new Promise((resolve, reject) => {
    child.once("message", (message) => {
      child.disconnect();
      resolve(message as DriftMeasure);
    });
    child.once("exit", (code) => reject(new Error(`the measuring process ended with code ${code}`)));
  });
}

main().catch((error) => {
  console.error(messageOf(error));
  process.exitCode = 1;
});
