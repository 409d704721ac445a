import { readFileSync } from "node:fs";
import { getPriority } from "node:os";
import path from "node:path";
import { Worker } from "node:worker_threads";
import { describe, expect, it } from "vitest";

/** The nice value in a line of /proc/.../stat: the nineteenth field, counted from behind the name. */
const niceOf = (stat: string) => Number(stat.replace(/^.*\) /s, "").split(" ")[16]);

describe.runIf(process.platform === "linux")("a training thread", () => {
  it("has a lower priority than the threads that serve, which keep theirs", async () => {
    const module = JSON.stringify(path.resolve("dist/shared/training/yieldToServing.js"));
    const text = `require(${module}).yieldToServing();
      require("node:worker_threads").parentPort.postMessage(require("node:fs").readFileSync("/proc/thread-self/stat", "utf8"));`;
    const worker = new Worker(text, { eval: true });
    const stat = await new Promise<string>((resolve, reject) => worker.once("message", resolve).once("error", reject));
    expect(niceOf(stat)).toBeGreaterThan(niceOf(readFileSync(`/proc/${process.pid}/task/${process.pid}/stat`, "utf8")));
    expect(getPriority()).toBeLessThan(niceOf(stat));
  });

  it("is every one of them", () => {
    expect(readFileSync("shared/training/trainingWorker.ts", "utf8")).toContain("yieldToServing()");
  });
});
