import { describe, expect, it, vi } from "vitest";
import { AppError, type ErrorCode } from "../../../shared/errors";
import { retryConflict } from "../../../shared/ledger/retryConflict";

const failing = (times: number, code: ErrorCode) =>
  vi.fn(async () => {
    if (times-- > 0) throw new AppError(code, "another writer was faster");
    return "written";
  });

describe("work that other writers can disturb", () => {
  it.each(["conflict", "precondition_failed"] as const)("is done again after %s, until it is done", async (code) => {
    const work = failing(3, code);
    expect(await retryConflict("the row", work)).toBe("written");
    expect(work).toHaveBeenCalledTimes(4);
  });

  it("is not done again after any other error", async () => {
    const work = failing(1, "unavailable");
    await expect(retryConflict("the row", work)).rejects.toMatchObject({ code: "unavailable" });
    expect(work).toHaveBeenCalledTimes(1);
  });

  it("is given up after sixty tries with a conflict that says what was disturbed", async () => {
    vi.spyOn(Math, "random").mockReturnValue(0);
    const work = failing(1000, "precondition_failed");
    await expect(retryConflict("the row", work)).rejects.toMatchObject({
      code: "conflict",
      message: "too many writers changed the row at once; try again",
      cause: { code: "precondition_failed" },
    });
    expect(work).toHaveBeenCalledTimes(60);
    vi.restoreAllMocks();
  });
});
