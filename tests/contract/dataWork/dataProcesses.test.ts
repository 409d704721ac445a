import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { bareEnvironment } from "../../../shared/config";
import { decodePrepared } from "../../../shared/data/encodePrepared";
import { createDataProcesses } from "../../../shared/dataWork/dataProcesses";
import { check, fruitSpec, prepare } from "../../unit/data/inSession";

const mb = 2 ** 20;
const spec = fruitSpec();
const environment = bareEnvironment();
const nowMs = Date.UTC(2024, 0, 1);
const kinds = ["apple", "pear", "plum"];

function fruitCsv(rows: number): string {
  const lines = Array.from({ length: rows }, (_, i) => `${i % 997},${i % 13},skin${i % 5},${kinds[i % 3]}\n`);
  return `Weight,Sugar,Skin,Kind\n${lines.join("")}`;
}

const processes = (options: { memoryBytes?: number; limitSeconds?: number } = {}) =>
  createDataProcesses({ memoryBytes: 900 * mb, environment, ...options });

function inspect(work: ReturnType<typeof processes>, content: string) {
  return work.inFolder(async (folder, perform) => {
    const file = path.join(folder, "data.csv");
    await writeFile(file, content);
    return perform({ kind: "inspect", file, spec, nowMs });
  });
}

/** Seconds of processor time that this process spends on `work`. */
async function processorSeconds(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

describe("a process for data", () => {
  it("finds what a session in this process finds, and leaves this one its processor time", async () => {
    const content = fruitCsv(300_000);
    const here = await processorSeconds(() => check(content, spec));
    const there = await processorSeconds(async () => {
      const { check: found, profile } = await inspect(processes(), content);
      expect(found).toMatchObject({ accepted: true, rowCount: 300_000, labelledRowCount: 300_000 });
      expect(profile?.Weight).toMatchObject({ count: 300_000, min: 0, max: 996 });
    });
    expect(there).toBeLessThan(0.5 * here);
  });

  it("prepares the rows as a session in this process does", async () => {
    const content = fruitCsv(300);
    const expected = await prepare([content], spec);
    await processes().inFolder(async (folder, perform) => {
      const file = path.join(folder, "v1.csv");
      await writeFile(file, content);
      const outcome = await perform({ kind: "prepare", files: [{ version: 1, path: file }], spec });
      expect(decodePrepared(await readFile(outcome.prepared))).toEqual(expected);
      expect((await readFile(outcome.parquet)).subarray(0, 4).toString()).toBe("PAR1");
      expect(outcome).toMatchObject({
        trainRows: expected.trainRows.length,
        folds: 2,
        rowsOfVersion: [{ version: 1, rows: 300 }],
      });
    });
  });

  it("ends a task that takes more memory than it may, and refuses the file with the setting's name", async () => {
    await expect(inspect(processes({ memoryBytes: 60 * mb }), fruitCsv(10))).rejects.toMatchObject({
      code: "rejected",
      message:
        "reading the data takes more than 60 MB of memory: make the file smaller, or raise TIDEGATE_DATA_MEMORY_MB",
    });
  });

  it("ends a task that takes more processor time than it may", async () => {
    await expect(inspect(processes({ limitSeconds: 0.3 }), fruitCsv(400_000))).rejects.toMatchObject({
      code: "rejected",
      message: "reading the data takes more than 0.3 s: make the file smaller",
    });
  });

  it("works on one folder at a time, and leaves none behind, also after a failure", async () => {
    const work = processes();
    const folders: string[] = [];
    const states: string[] = [];
    const first = work.inFolder(async (folder) => {
      folders.push(folder);
      states.push("first begins");
      await new Promise(setImmediate);
      states.push("first ends");
      throw new Error("half-way");
    });
    const second = work.inFolder(async (folder) => {
      folders.push(folder);
      states.push("second");
    });
    await expect(first).rejects.toThrow("half-way");
    await second;
    expect(states).toEqual(["first begins", "first ends", "second"]);
    expect(folders.map((folder) => existsSync(folder))).toEqual([false, false]);
  });
});
