import { describe, expect, it } from "vitest";
import { UntoldEvents } from "../../../../tools/start/untoldEvents";

const start = new Date("2026-05-01T12:00:00Z");
const old = { key: "run boxes.data-v1 succeeded", at: "2026-05-01T11:00:00.000Z" };
const recent = { key: "run boxes.data-v2 succeeded", at: "2026-05-01T12:30:00.000Z" };

describe("what the terminal was not told yet", () => {
  it("is told once, also where it is out of sight for a while, as the runs of a use case that is taken away", () => {
    const untold = new UntoldEvents(start);
    expect(untold.take([])).toEqual([]);
    expect(untold.take([recent])).toEqual([recent]);
    expect(untold.take([])).toEqual([]);
    expect(untold.take([recent])).toEqual([]);
  });

  it("is nothing that ended before, though it comes into sight only now", () => {
    const untold = new UntoldEvents(start);
    untold.take([]);
    expect(untold.take([old, recent, { key: "a run from before times were kept" }])).toEqual([recent]);
  });
});
