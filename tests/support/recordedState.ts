import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, realpathSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "vitest";
import { RunningTidegate } from "./runningTidegate";

const fixture = path.resolve("tests/fixtures/recordedState");

/** A request and what an earlier commit answered to it. */
export interface RecordedAnswer {
  method: string;
  path: string;
  headers?: Record<string, string>;
  body?: object;
  status: number;
  // biome-ignore lint/suspicious/noExplicitAny: answers have many shapes, and a test looks at a few fields of each
  answer: any;
}

/** What the commit that wrote the state said of it. */
export const recorded = JSON.parse(readFileSync(path.join(fixture, "answers.json"), "utf8")) as {
  /** where the clock stood when that commit was started on the state again */
  startedAgainAt: string;
  keys: { functionKey: string; masterKey: string };
  /** the run that the stop interrupted, and how it ended after the second start */
  openRun: { id: string; status: string; version: number };
  /** the drift monitor's result after all of `answers` were asked */
  drift: RecordedAnswer["answer"];
  answers: RecordedAnswer[];
};

/** Starts today's code on the recorded state at a set time, the earlier commit's: no later day changes anything. */
export function startOnRecordedState(): Promise<RunningTidegate> {
  const folder = mkdtempSync(path.join(tmpdir(), "tidegate-recorded-"));
  execFileSync("tar", ["-xzf", path.join(fixture, "state.tar.gz"), "-C", folder]);
  nameHost(path.join(folder, "azurite"));
  const env = {
    TIDEGATE_USECASES: path.join(fixture, "usecases"),
    NODE_OPTIONS: `--require ${JSON.stringify(path.join(fixture, "clock.cjs"))}`,
    RECORDED_CLOCK_OFFSET_MS: String(Date.parse(recorded.startedAgainAt) - Date.now()),
  };
  return RunningTidegate.start(["--no-demo"], { folder, env });
}

/** The local host files what it has seen under a name made from the checkout's path: here that of this one. */
function nameHost(storage: string): void {
  const hostId = createHash("sha256").update(realpathSync(".")).digest("hex").slice(0, 20);
  for (const name of readdirSync(storage).filter((one) => one.endsWith(".json"))) {
    const file = path.join(storage, name);
    writeFileSync(file, readFileSync(file, "utf8").replaceAll("0".repeat(20), hostId));
  }
}

/**
 * What today's answer must hold: every recorded field, lists as long as they were, numbers to the sixth digit. With
 * `anyWords`, texts of several words may be put differently: they are made with the answer, not read from storage.
 */
export function asRecorded(value: unknown, anyWords = false): unknown {
  if (typeof value === "number" && !Number.isInteger(value)) return expect.closeTo(value, 6);
  if (typeof value === "string" && anyWords && value.includes(" ")) return expect.any(String);
  if (Array.isArray(value)) return value.map((one) => asRecorded(one, anyWords));
  if (typeof value !== "object" || value === null) return value;
  const fields = Object.entries(value).map(([name, one]) => [name, asRecorded(one, anyWords)]);
  return expect.objectContaining(Object.fromEntries(fields));
}
