import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { requestIdAt, timeOfRequest } from "../../shared/requestId";

describe("the id of a request", () => {
  it("names its time, to the millisecond, and ends as the invocation's id does", () => {
    fc.assert(
      fc.property(fc.date({ min: new Date(0), max: new Date("9999-12-31"), noInvalidDate: true }), (time) => {
        const invocation = randomUUID();
        const id = requestIdAt(time, invocation);
        expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
        expect(id.slice(15)).toBe(invocation.slice(15));
        expect(timeOfRequest(id)).toEqual(time);
        expect(timeOfRequest(id.toUpperCase())).toEqual(time);
      }),
    );
  });

  it("sorts as the times do", () => {
    const ids = [1, 1000, Date.UTC(1999, 0), Date.UTC(2026, 0), Date.UTC(9999, 0)].map((time) =>
      requestIdAt(new Date(time), randomUUID()),
    );
    expect(ids.toSorted()).toEqual(ids);
  });

  it("differs for invocations that a host names in its own way", () => {
    const time = new Date("2013-07-01T00:00:00Z");
    const [a, b] = ["i-1", "i-2"].map((invocation) => requestIdAt(time, invocation));
    expect(a).not.toBe(b);
    expect(timeOfRequest(a)).toEqual(time);
    expect(requestIdAt(time, "i-1")).toBe(a);
  });

  it.each([
    ["an earlier release", "0172ad90-47c5-4f2a-9d52-0c8b9d2a1f11"],
    ["no request", "abc"],
    ["nobody", ""],
    ["another variant", "0172ad90-47c5-7f2a-cd52-0c8b9d2a1f11"],
  ])("of %s names no time", (_whose, id) => {
    expect(timeOfRequest(id)).toBeUndefined();
  });
});
