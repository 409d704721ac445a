import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { packageRoot } from "../../shared/packageRoot";
import type { BenchRows } from "./trainRows";

export interface PeerSettings {
  columns: number;
  trees: number;
  maxDepth: number;
  minLeafRows: number;
  seed: number;
}

/** What scikit-learn measured on the same rows, or why it could not run. */
export type PeerResult = { result: Record<string, unknown> } | { skipped: string };

/** Fits scikit-learn's forest on the same rows in a python3 child process; the rows travel as files in a temp folder. */
export async function trainPeer(settings: PeerSettings, train: BenchRows, test: BenchRows): Promise<PeerResult> {
  const folder = await mkdtemp(path.join(tmpdir(), "tidegate-bench-"));
  try {
    await writeFile(path.join(folder, "settings.json"), JSON.stringify(settings));
    await writeRows(folder, "train", train);
    await writeRows(folder, "test", test);
    return await runPython([path.join(packageRoot(), "tools", "bench", "train_peer.py"), folder]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function writeRows(folder: string, part: string, { columns, classes }: BenchRows): Promise<void> {
  await writeFile(
    path.join(folder, `${part}.x`),
    Buffer.concat(columns.map((column) => new Uint8Array(column.buffer))),
  );
  await writeFile(path.join(folder, `${part}.y`), new Uint8Array(classes.buffer));
}

function runPython(args: string[]): Promise<PeerResult> {
  return new Promise((resolve, reject) => {
    const child = spawn("python3", args, { stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    let complaint = "";
    child.stdout.on("data", (chunk) => {
      output += chunk;
    });
    child.stderr.on("data", (chunk) => {
      complaint += chunk;
    });
    child.on("error", (error) => resolve({ skipped: `python3 does not start: ${error.message}` }));
    child.on("close", (code) => {
      if (code === 0) resolve({ result: JSON.parse(output) });
      else if (complaint.includes("ModuleNotFoundError"))
        resolve({ skipped: complaint.trim().split("\n").at(-1) ?? "a Python module is missing" });
      else reject(new Error(`train_peer.py ended with ${code}: ${complaint.trim()}`));
    });
  });
}
