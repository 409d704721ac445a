import { describe, expect, it } from "vitest";
import { NewEvents } from "../../../../tools/start/newEvents";

const start = new Date("2026-05-01T12:00:00Z");
const old = { key: "run boxes.data-v1 succeeded", at: "2026-05-01T11:00:00.000Z" };
const recent = { key: "run boxes.data-v2 succeeded", at: "2026-05-01T12:30:00.000Z" };

describe("the new events for the terminal", () => {
  it("include an event once, even if it disappears for a while, like the runs of a use case that is removed", () => {
    const events = new NewEvents(start);
    expect(events.take([])).toEqual([]);
    expect(events.take([recent])).toEqual([recent]);
    expect(events.take([])).toEqual([]);
    expect(events.take([recent])).toEqual([]);
  });

  it("do not include what ended before the start, even if it appears only now", () => {
    const events = new NewEvents(start);
    events.take([]);
    expect(events.take([old, recent, { key: "a run from before times were recorded" }])).toEqual([recent]);
  });
});
