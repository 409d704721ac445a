import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FlushGate } from "../../../shared/azure/telemetryFlush";

let warnings: string[];

beforeEach(() => {
  vi.useFakeTimers();
  warnings = [];
  vi.spyOn(console, "warn").mockImplementation((line) => warnings.push(String(line)));
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

describe("the flush gate", () => {
  it("runs one flush at a time and lets callers that come meanwhile share the next", async () => {
    const started: (() => void)[] = [];
    const gate = new FlushGate(() => new Promise((resolve) => started.push(resolve)), 1_000);
    const first = gate.flush();
    await vi.advanceTimersByTimeAsync(1);
    const [second, third] = [gate.flush(), gate.flush()];
    expect(started).toHaveLength(1);
    started[0]();
    await first;
    await vi.advanceTimersByTimeAsync(1);
    expect(started).toHaveLength(2);
    started[1]();
    await Promise.all([second, third]);
    expect(started).toHaveLength(2);
    expect(warnings).toEqual([]);
  });

  it("lets go after its limit, and says so once for an outage and again for the next", async () => {
    let answers = false;
    const gate = new FlushGate(() => (answers ? Promise.resolve() : new Promise(() => {})), 1_000);
    const flush = async () => {
      const done = gate.flush();
      await vi.advanceTimersByTimeAsync(1_001);
      await done;
    };
    await flush();
    await flush();
    expect(warnings).toHaveLength(1);
    answers = true;
    await flush();
    answers = false;
    await flush();
    expect(warnings).toHaveLength(2);
    expect(warnings[0]).toContain("no answer within 1000 ms");
  });

  it("never fails the work whose telemetry could not be sent, and gives the reason", async () => {
    const gate = new FlushGate(() => Promise.reject(new Error("connection refused")), 1_000);
    await expect(gate.flush()).resolves.toBeUndefined();
    expect(warnings[0]).toContain("connection refused");
  });
});
