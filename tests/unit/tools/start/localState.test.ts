import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

// each waits for a word before it locks the folder, so that all try at the same moment
const starter = `const { LocalState } = require("./dist/tools/start/localState");
process.stdin.once("data", () =>
  new LocalState(process.argv[1]).lock().then(() => console.log("has it"), (error) => console.log(error.message)));
console.log("ready");`;

let folder: string;
let children: ChildProcess[];
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "tidegate-state-"));
  children = [];
});
afterEach(async () => {
  for (const child of children) child.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});

async function said(child: ChildProcess): Promise<string> {
  const [line] = await once(child.stdout!, "data");
  return String(line).trim();
}

async function startReady(): Promise<ChildProcess> {
  const child = spawn(process.execPath, ["-e", starter, folder], { stdio: ["pipe", "pipe", "inherit"] });
  children.push(child);
  expect(await said(child)).toBe("ready");
  return child;
}

/** The number of processes that get the folder when all try at once, and the messages of the others. */
async function race(count: number): Promise<{ winners: number; others: string[] }> {
  const all = await Promise.all(Array.from({ length: count }, startReady));
  const answers = all.map(said);
  for (const child of all) child.stdin!.write("go\n");
  const lines = await Promise.all(answers);
  return {
    winners: lines.filter((line) => line === "has it").length,
    others: lines.filter((line) => line !== "has it"),
  };
}

describe("the lock on a state folder", () => {
  it.each([1, 2, 3, 4])(
    "goes to exactly one of many concurrent starts, even if a killed one left its file (round %i)",
    async () => {
      writeFileSync(path.join(folder, "lock"), "999999999");
      const { winners, others } = await race(8);
      expect(winners).toBe(1);
      for (const line of others)
        expect(line).toMatch(/^another Tidegate( \(process \d+\))? is running on .*: stop it, or/);
    },
  );

  it("is free again as soon as its holder is killed", async () => {
    const first = await startReady();
    first.stdin!.write("go\n");
    expect(await said(first)).toBe("has it");
    first.kill("SIGKILL");
    await once(first, "exit");
    expect((await race(1)).winners).toBe(1);
  });

  it("makes a new folder accessible to its owner only", async () => {
    rmSync(folder, { recursive: true });
    await race(1);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
  });
});
