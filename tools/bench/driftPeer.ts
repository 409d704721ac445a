import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import { packageRoot } from "../../shared/packageRoot";

const run = promisify(execFile);

/** Evidently's data drift preset over `rows` rows a side, in a process of its own, or why it was not measured. */
export async function measureEvidently(python: string, rows: number): Promise<object | string> {
  try {
    await run(python, ["-c", "import evidently"]);
  } catch {
    console.error(`${python} cannot import evidently: it is left out (--python names another interpreter)`);
    return `not measured: ${path.basename(python)} has no evidently`;
  }
  console.error(`evidently over ${rows} rows a side ...`);
  const script = path.join(packageRoot(), "tools", "bench", "drift_peer.py");
  const { stdout } = await run(python, [script, String(rows)], { maxBuffer: 2 ** 26 });
  return JSON.parse(stdout.trim().split("\n").at(-1) as string) as object;
}
