import { fork, spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { packageRoot } from "../../shared/packageRoot";
import { type BenchRows, benchRows, testSeed, trainSeed } from "./trainRows";
import { type Quality, qualityOf } from "./trainScores";

export interface PeerMeasure extends Quality {
  version: string;
  seconds: number;
  peakMb: number;
}

/** What a Python peer measured, or why it could not run. */
export type PeerResult = PeerMeasure | { skipped: string };

interface RowsJob {
  folder: string;
  rows: number;
  testRows: number;
  columns: number;
}

/**
 * Rows for Python, in a temporary folder. A child process writes them, so that the bench itself stays small: the peak
 * memory of a child starts from that of its parent.
 */
export class PeerRows {
  private constructor(
    private readonly folder: string,
    private readonly columns: number,
  ) {}

  static async write(rows: number, testRows: number, columns: number): Promise<PeerRows> {
    const folder = await mkdtemp(path.join(tmpdir(), "tidegate-bench-"));
    const child = fork(__filename);
    child.send({ folder, rows, testRows, columns } satisfies RowsJob);
    await new Promise<void>((resolve, reject) => {
      child.once("error", reject);
      child.once("exit", (code) =>
        code === 0 ? resolve() : reject(new Error(`the process that writes rows ended with code ${code}`)),
      );
    });
    return new PeerRows(folder, columns);
  }

  /** Fits the counterpart of `learner` in `peer` (sklearn, lightgbm), in its own python3 process. */
  async measure(peer: string, learner: string, settings: Record<string, unknown>): Promise<PeerResult> {
    const job = { peer, learner, columns: this.columns, seed: trainSeed, ...settings };
    await writeFile(path.join(this.folder, "job.json"), JSON.stringify(job));
    const reply = await runPython([path.join(packageRoot(), "tools", "bench", "train_peer.py"), this.folder]);
    if ("skipped" in reply) return reply;
    const scores = await readFile(path.join(this.folder, "scores.f8"));
    const classes = await readFile(path.join(this.folder, "test.y"));
    const { probabilities, ...measure } = reply;
    const quality = qualityOf(
      new Float64Array(new Uint8Array(scores).buffer),
      new Int32Array(new Uint8Array(classes).buffer),
      probabilities,
    );
    return { ...measure, ...quality };
  }

  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}

interface PeerReply {
  version: string;
  seconds: number;
  peakMb: number;
  probabilities: boolean;
}

function runPython(args: string[]): Promise<PeerReply | { skipped: string }> {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, OMP_NUM_THREADS: "1", OPENBLAS_NUM_THREADS: "1", MKL_NUM_THREADS: "1" };
    const child = spawn("python3", args, { stdio: ["ignore", "pipe", "pipe"], env });
    let output = "";
    let errorOutput = "";
    child.stdout.on("data", (chunk) => {
      output += chunk;
    });
    child.stderr.on("data", (chunk) => {
      errorOutput += chunk;
    });
    child.on("error", (error) => resolve({ skipped: `python3 does not start: ${error.message}` }));
    child.on("close", (code) => {
      if (code === 0) resolve(JSON.parse(output));
      else if (errorOutput.includes("ModuleNotFoundError"))
        resolve({ skipped: errorOutput.trim().split("\n").at(-1) ?? "a Python module is missing" });
      else reject(new Error(`train_peer.py ended with ${code}: ${errorOutput.trim()}`));
    });
  });
}

async function writeRows(folder: string, part: string, { columns, classes }: BenchRows): Promise<void> {
  await writeFile(
    path.join(folder, `${part}.x`),
    Buffer.concat(columns.map((column) => new Uint8Array(column.buffer))),
  );
  await writeFile(path.join(folder, `${part}.y`), new Uint8Array(classes.buffer));
}

// a child process, started by PeerRows.write
if (require.main === module)
  process.on("message", async ({ folder, rows, testRows, columns }: RowsJob) => {
    await writeRows(folder, "train", benchRows(rows, columns, trainSeed));
    await writeRows(folder, "test", benchRows(testRows, columns, testSeed));
    process.disconnect();
  });
