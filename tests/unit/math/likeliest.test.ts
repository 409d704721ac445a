import { describe, expect, it } from "vitest";
import { likeliest } from "../../../shared/math/likeliest";

describe("the likeliest of a row", () => {
  it("is counted from the start of its row, and the first of equal ones", () => {
    const rows = Float32Array.of(0.2, 0.5, 0.3, 0.4, 0.2, 0.4, -3, -2, -1);
    expect([0, 3, 6].map((start) => likeliest(rows, start, 3))).toEqual([1, 0, 2]);
    expect(likeliest([7], 0, 1)).toBe(0);
  });
});
