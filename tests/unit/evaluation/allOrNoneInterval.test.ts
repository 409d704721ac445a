import { describe, expect, it } from "vitest";
import { allOrNoneInterval } from "../../../shared/evaluation/allOrNoneInterval";

describe("the interval of a share that is all or none", () => {
  it("equals Clopper and Pearson's", () => {
    // at n of n the closed form is (alpha / 2)^(1 / n)
    expect(allOrNoneInterval(1, 86, 0.95).low).toBeCloseTo(0.958013, 6);
    expect(allOrNoneInterval(1, 86, 0.95).high).toBe(1);
    expect(allOrNoneInterval(0, 20, 0.95)).toEqual({ low: 0, high: expect.closeTo(0.1684335, 6) });
  });
});
