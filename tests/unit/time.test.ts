import { describe, expect, it } from "vitest";
import { hourPath, startOfHour } from "../../shared/time";

describe("startOfHour", () => {
  it("goes back to the hour of UTC that an instant lies in", () => {
    const start = Date.UTC(2013, 6, 1, 9);
    expect(startOfHour(start)).toBe(start);
    expect(startOfHour(start + 3_599_999)).toBe(start);
    expect(startOfHour(start - 1)).toBe(start - 3_600_000);
  });
});

describe("hourPath", () => {
  it("sorts as the hours do", () => {
    const hours = [Date.UTC(2012, 11, 31, 23), Date.UTC(2013, 0, 1), Date.UTC(2013, 0, 1, 10), Date.UTC(2013, 9, 1)];
    const paths = hours.map((hour) => hourPath(new Date(hour)));
    expect(paths).toEqual(["2012/12/31/23", "2013/01/01/00", "2013/01/01/10", "2013/10/01/00"]);
    expect(paths.toSorted()).toEqual(paths);
  });
});
