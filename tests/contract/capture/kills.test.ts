import { fork } from "node:child_process";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { captureContainer } from "../../../shared/capture/inferenceLog";
import { type Storage, startStorage } from "../../support/storage";

let storage: Storage;
beforeAll(async () => {
  storage = await startStorage();
});
afterAll(() => storage?.stop());

const kills = 3;
type Answer = [number: number, at: number];

interface Killed {
  answered: Answer[];
  /** when each append of lines ended */
  writtenAt: number[];
}

/**
 * Starts a process that records requests, and kills it without warning so many answers after it wrote lines for the
 * third time.
 */
function killAfter(answers: number, instance: string, mode: string): Promise<Killed> {
  const child = fork(path.resolve("tests/contract/capture/app/main.js"), [storage.connectionString, instance, mode]);
  const answered: Answer[] = [];
  const writtenAt: number[] = [];
  let left = answers;
  return new Promise((resolve, reject) => {
    child.on("message", ([what, at]: [number | "written", number]) => {
      if (what === "written") writtenAt.push(at);
      else answered.push([what, at]);
      if (writtenAt.length >= 3 && left-- === 0) child.kill("SIGKILL");
    });
    child.once("error", reject);
    child.once("exit", (_code, signal) =>
      signal === "SIGKILL" ? resolve({ answered, writtenAt }) : reject(new Error("the process ended by itself")),
    );
  });
}

async function captured(instance: string, mode: string): Promise<Set<number>> {
  const found = new Set<number>();
  for await (const { name } of storage.blobs.list(captureContainer, `kills-${mode}/`)) {
    if (!name.includes(`/${instance}.`)) continue;
    const bytes = (await storage.blobs.read(captureContainer, name)) as Uint8Array;
    for (const line of Buffer.from(bytes).toString("utf8").trimEnd().split("\n"))
      found.add(Number(JSON.parse(line).id));
  }
  return found;
}

/** The answers of each kill that the log does not hold, and how many there were. */
async function killMany(mode: string) {
  const rounds: (Killed & { lost: Answer[]; kept: Set<number> })[] = [];
  for (let kill = 0; kill < kills; kill++) {
    const instance = `${mode}${kill}`;
    const killed = await killAfter(50 + 100 * kill, instance, mode);
    const kept = await captured(instance, mode);
    rounds.push({ ...killed, kept, lost: killed.answered.filter(([number]) => !kept.has(number)) });
  }
  return rounds;
}

describe("a process that is killed", () => {
  it("loses nothing that it answered if the log is durable", async () => {
    for (const { lost, answered, kept } of await killMany("durable")) {
      expect(lost).toEqual([]);
      expect(kept.size).toBeGreaterThanOrEqual(answered.length);
    }
  });

  it("loses what it answered since its last append began, and no more, if the log is buffered", async () => {
    for (const { lost, answered, kept, writtenAt } of await killMany("buffered")) {
      expect(kept.size).toBeGreaterThan(0);
      expect(lost).toEqual(answered.slice(answered.length - lost.length));
      // the last append that ended began after the one before it had ended
      for (const [, at] of lost) expect(at).toBeGreaterThanOrEqual(writtenAt.at(-2) as number);
    }
  });
});
