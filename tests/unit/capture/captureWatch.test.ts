import { describe, expect, it } from "vitest";
import type { Condition } from "../../../shared/alerts/alert";
import { CaptureWatch } from "../../../shared/capture/captureWatch";
import { RecordedTelemetry } from "../../support/recordedTelemetry";

function watching() {
  const open = new Map<string, Condition>();
  const state = { away: false, log: [] as string[] };
  const telemetry = new RecordedTelemetry();
  const alerts = {
    raise: async (condition: Condition) => {
      if (state.away) throw new Error("storage is away");
      open.set(condition.rule, condition);
      return undefined as never;
    },
    resolve: async (_subject: string, rule: string) => {
      if (state.away) throw new Error("storage is away");
      open.delete(rule);
      return undefined;
    },
  };
  const log = (line: string) => state.log.push(line);
  const watch = new CaptureWatch({ alerts, telemetry, instance: "one", log, pauseMs: 5 });
  return { watch, open, state, telemetry };
}

describe("lost captures", () => {
  it("leave a line in the log, an event, and an alert that waits until storage accepts it", async () => {
    const { watch, open, state, telemetry } = watching();
    state.away = true;
    watch.lost(3, "the disk is full");
    watch.lost(4, "the disk is full");
    expect(state.log[0]).toContain("3 requests were lost");
    expect(telemetry.events.map(({ measurements }) => measurements.count)).toEqual([3, 4]);
    expect(open.size).toBe(0);
    state.away = false;
    await expect.poll(() => open.get("capture-lost")?.evidence).toMatchObject({ lostSinceStart: 7, instance: "one" });
    expect(open.get("capture-lost")?.summary).toBe("7 captured requests were lost: the disk is full");
  });
});

describe("an append that fails", () => {
  it("raises an alert that ends with the next success", async () => {
    const { watch, open, state } = watching();
    watch.failed("the disk is full");
    await expect.poll(() => open.has("capture-failing")).toBe(true);
    watch.written();
    await expect.poll(() => open.has("capture-failing")).toBe(false);
    expect(state.log).toEqual([
      "capture: requests cannot be written and wait in memory (the disk is full)",
      "capture: requests are written again",
    ]);
  });
});
