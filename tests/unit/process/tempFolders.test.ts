import { fork } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { inTempFolder, sweepTempFolders } from "../../../shared/process/tempFolders";

/** a temp folder of this test alone */
let folder: string;
const before = process.env.TMPDIR;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "sweeping-"));
  process.env.TMPDIR = folder;
});
afterAll(() => {
  if (before === undefined) delete process.env.TMPDIR;
  else process.env.TMPDIR = before;
  rmSync(folder, { recursive: true, force: true });
});

/** A process that opens a database session in a temp folder, tells its path, and stays in it until it is killed. */
async function startSession() {
  const script = path.join(folder, "session.cjs");
  const code = `require(${JSON.stringify(path.resolve("dist/shared/sql/duckdb.js"))}).createDuckDb().withSession(
    (session, folder) => new Promise(() => { process.send(folder); setInterval(() => {}, 1000); }));`;
  writeFileSync(script, code);
  const child = fork(script, { env: { ...process.env, TMPDIR: folder }, execArgv: [] });
  const made = await new Promise<string>((resolve) => child.once("message", (text) => resolve(String(text))));
  const kill = () =>
    new Promise<void>((resolve) => {
      child.once("exit", () => resolve());
      child.kill("SIGKILL");
    });
  return { made, kill };
}

it(
  "sweeps the folders of processes that were killed, and no others",
  () =>
    inTempFolder(async (mine) => {
      const killed = await startSession();
      const running = await startSession();
      await killed.kill();
      try {
        // a later process with the number of an earlier one
        const reused = path.join(folder, path.basename(mine).replace(/-\d+-(\w{6})$/, "-1-$1"));
        const early = path.join(folder, "tidegate-sql-Ab3dE6");
        const fresh = path.join(folder, "tidegate-sql-Zz9yX8");
        const strange = path.join(folder, "tidegate-sql-00000000-1-1-Ab3dE6");
        const others = ["tidegate-sql", "tidegate-sql-notes-of-mine", "tidegate-loop-Ab3dE6", "other-Ab3dE6"];
        for (const one of [reused, early, fresh, strange]) mkdirSync(one);
        for (const name of others) mkdirSync(path.join(folder, name));
        const twoDaysAgo = new Date(Date.now() - 48 * 3_600_000);
        utimesSync(early, twoDaysAgo, twoDaysAgo);
        for (const name of others) utimesSync(path.join(folder, name), twoDaysAgo, twoDaysAgo);

        // only Linux tells when a process started
        const gone = [killed.made, early, ...(process.platform === "linux" ? [reused] : [])];
        expect(await sweepTempFolders()).toBe(gone.length);
        expect(gone.filter((one) => existsSync(one))).toEqual([]);
        const kept = [mine, running.made, fresh, strange, ...others.map((name) => path.join(folder, name))];
        expect(kept.filter((one) => !existsSync(one))).toEqual([]);
      } finally {
        await running.kill();
      }
    }),
  60_000,
);
