import { describe, expect, it } from "vitest";
import type { Condition } from "../../../shared/alerts/alert";
import { AppError } from "../../../shared/errors";
import { ErrorEvents } from "../../../shared/serving/errorEvents";
import { RecordedTelemetry } from "../../support/recordedTelemetry";

function world(raise: (condition: Condition) => Promise<unknown> = async () => {}) {
  const state = { nowMs: 0, raised: [] as Condition[], resolved: [] as string[], counted: [] as string[], log: [""] };
  const telemetry = new RecordedTelemetry();
  const alerts = {
    raise: async (condition: Condition) => {
      state.raised.push(condition);
      await raise(condition);
      return undefined as never;
    },
    resolveWhere: async (subject: string, rule: string) => void state.resolved.push(`${subject} ${rule}`) as undefined,
  };
  const count = (name: string, model: string) => void state.counted.push(`${name} ${model}`);
  const log = (line: string) => void state.log.push(line);
  const events = new ErrorEvents({ telemetry, alerts, count, log, nowMs: () => state.nowMs });
  return { state, telemetry, events };
}

const version = (model: string, number = 1) => ({ model, version: number });
const wrongKind = new AppError("invalid_input", "x", {
  details: [{ path: "rows[0].a", message: "a number is needed" }],
});
const missing = new AppError("file_not_found", "the blob models/pumps/sha256/a.onnx is missing in storage");

describe("an error event", () => {
  it("is sent once a minute for a model, counted each time, and the next says how many there were", () => {
    const { events, telemetry, state } = world();
    for (let i = 0; i < 1000; i++) events.failed(version("pumps"), wrongKind);
    events.failed(version("valves"), wrongKind);
    expect(telemetry.events.map(({ attributes, measurements }) => [attributes.model, measurements.count])).toEqual([
      ["pumps", 1],
      ["valves", 1],
    ]);
    expect(state.counted.filter((one) => one === "ValueNotFound pumps")).toHaveLength(1000);
    state.nowMs = 60_000;
    events.failed(version("pumps"), wrongKind);
    expect(telemetry.events.at(-1)).toEqual({
      name: "ValueNotFound",
      attributes: { model: "pumps", version: 1, error_message: "rows[0].a: a number is needed" },
      measurements: { ErrorCode: 201, count: 1000 },
    });
  });

  it("of a file that is missing raises an alert at once, which names the file", () => {
    const { events, telemetry, state } = world();
    for (let i = 0; i < 10; i++) events.notLoaded(version("pumps", 3), missing);
    expect(state.raised).toEqual([
      {
        subject: "pumps",
        rule: "file-not-found",
        severity: "error",
        summary: "version 3 cannot be loaded: the blob models/pumps/sha256/a.onnx is missing in storage",
        evidence: { version: 3, errorCode: 101 },
      },
    ]);
    expect(telemetry.events).toEqual([
      expect.objectContaining({ name: "FileNotFound", measurements: { ErrorCode: 101, count: 1 } }),
    ]);
  });

  it("ends with the version's load, and comes again at once where the file is gone again", () => {
    const { events, state } = world();
    events.notLoaded(version("pumps", 3), missing);
    events.loaded(version("pumps", 3));
    expect(state.resolved).toEqual(["pumps file-not-found"]);
    events.notLoaded(version("pumps", 3), missing);
    expect(state.raised).toHaveLength(2);
  });

  it("is not sent for a version that storage does not give just now", () => {
    const { events, state, telemetry } = world();
    events.notLoaded(version("pumps"), new AppError("unavailable", "storage is away"));
    expect([state.raised, telemetry.events]).toEqual([[], []]);
  });

  it("whose alert cannot be stored is logged and costs the request nothing", async () => {
    const { events, state } = world(async () => {
      throw new Error("storage is away");
    });
    events.notLoaded(version("pumps"), missing);
    await expect.poll(() => state.log.at(-1)).toContain("storage is away");
  });
});
