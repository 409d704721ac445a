import { describe, expect, it } from "vitest";
import { isAppError } from "../../../shared/errors";
import { refuseTooManyRows } from "../../../shared/serving/checkBodySize";

const rows = (count: number, row: string) => `{"data":[${new Array(count).fill(row).join(",")}]}`;

function refusal(body: string): string {
  try {
    refuseTooManyRows(body);
    return "";
  } catch (error) {
    return isAppError(error, "too_large") ? error.message : String(error);
  }
}

describe("a body with too many rows", () => {
  it("is refused by counting, before anything is parsed", () => {
    expect(refusal(rows(100_001, "[1,2]"))).toContain("more than 100000 rows");
    expect(refusal(rows(100_000, "[1,2]"))).toBe("");
    expect(refusal(rows(100_001, '{"a":1}').replace("data", "rows"))).toContain("more than 100000 rows");
  });

  it("is told apart from one whose strings or values only look like rows", () => {
    const text = JSON.stringify(`"],[\\",{`.repeat(50_000));
    expect(refusal(rows(3, `[${text},1]`))).toBe("");
    expect(refusal(rows(2, `[${new Array(150_000).fill("[1]").join(",")}]`))).toBe("");
  });

  it("is refused for its values if there are too many for any model", () => {
    expect(refusal(rows(1, `[${new Array(5_000_001).fill("0").join(",")}]`))).toContain("more than 5000000 values");
  });

  it("is never reported for invalid JSON, which parsing reports", () => {
    for (const body of ['"'.repeat(300_001), "[".repeat(300_000), `{"data":["${"\\".repeat(300_000)}`])
      expect(refusal(body)).toBe("");
  });
});
