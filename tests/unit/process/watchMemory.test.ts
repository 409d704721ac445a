import { describe, expect, it } from "vitest";
import { watchMemory } from "../../../shared/process/watchMemory";

describe("watching a process's memory", () => {
  /** How often a watch tells while another one, of a process over its limit, tells five times. */
  async function toldMeanwhile(pid: number, limitBytes: number): Promise<number> {
    let told = 0;
    let beside = 0;
    const leave = watchMemory(pid, { limitBytes, everyMs: 1 }, () => told++);
    const leaveBeside = watchMemory(process.pid, { limitBytes: 1, everyMs: 1 }, () => beside++);
    await expect.poll(() => beside).toBeGreaterThanOrEqual(5);
    leave();
    leaveBeside();
    return told;
  }

  it.runIf(process.platform === "linux")("tells while it is over the limit, and no more once it is left", async () => {
    let told = 0;
    const leave = watchMemory(process.pid, { limitBytes: 1, everyMs: 1 }, () => told++);
    await expect.poll(() => told).toBeGreaterThan(2);
    leave();
    const before = told;
    await toldMeanwhile(process.pid, 1);
    expect(told).toBe(before);
  });

  it.runIf(process.platform === "linux")("says nothing of one within its limit, or that is gone", async () => {
    expect(await toldMeanwhile(process.pid, 2 ** 50)).toBe(0);
    expect(await toldMeanwhile(2 ** 30, 1)).toBe(0);
  });
});
