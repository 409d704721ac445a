import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { messageOf } from "../../shared/errors";
import type { FeatureTable } from "../../shared/featureTable";
import { packageRoot } from "../../shared/packageRoot";

export interface PeerCount {
  weeks: number;
  /** weeks in which any column drifted, and in which at least half of them did */
  anyColumn: number;
  dataset: number;
}

/** What Evidently's default preset says of the weeks; why it was skipped, where this python cannot run it. */
export async function evidentlyPeer(
  python: string,
  reference: FeatureTable,
  weeks: readonly FeatureTable[],
): Promise<PeerCount | { skipped: string }> {
  const folder = mkdtempSync(path.join(tmpdir(), "tidegate-weeks-"));
  try {
    writeFileSync(path.join(folder, "reference.csv"), csvOf(reference));
    for (const [i, week] of weeks.entries())
      writeFileSync(path.join(folder, `week-${String(i).padStart(3, "0")}.csv`), csvOf(week));
    const script = path.join(packageRoot(), "tools/simulate/evidently_peer.py");
    const { stdout } = await promisify(execFile)(python, [script, folder], { maxBuffer: 2 ** 24 });
    return JSON.parse(stdout.trim().split("\n").at(-1) as string) as PeerCount;
  } catch (error) {
    return { skipped: `${python} cannot run Evidently: ${messageOf(error).trim().split("\n").at(-1)}` };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function csvOf({ rowCount, numbers, categories }: FeatureTable): string {
  const header = [...numbers, ...categories].map(({ name }) => name).join(",");
  const line = (row: number) =>
    [
      ...numbers.map(({ values }) => (Number.isNaN(values[row]) ? "" : values[row])),
      ...categories.map(({ levels, codes }) => levels[codes[row]] ?? ""),
    ].join(",");
  return [header, ...Array.from({ length: rowCount }, (_, row) => line(row))].join("\n");
}
