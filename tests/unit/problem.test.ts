import { describe, expect, it } from "vitest";
import { AppError } from "../../shared/errors";
import { toProblem } from "../../shared/problem";

describe("problem documents", () => {
  it("carry the reason, its code and each field at fault", () => {
    const thrown = new AppError("invalid_input", "bad row", {
      details: [{ path: "rows[0].a", message: "a number is needed" }],
    });
    expect(toProblem(thrown, "id")).toEqual({
      status: 400,
      headers: {},
      body: {
        error: "bad row",
        code: "invalid_input",
        requestId: "id",
        details: [{ path: "rows[0].a", message: "a number is needed" }],
      },
    });
  });

  it("say when to come back where the app cannot answer now", () => {
    expect(toProblem(new AppError("unavailable", "storage is away"), "id")).toMatchObject({
      status: 503,
      headers: { "retry-after": "5" },
    });
    const paused = new AppError("not_ready", "the version is paused", { retryAfterSeconds: 41.2 });
    expect(toProblem(paused, "id").headers).toEqual({ "retry-after": "42" });
  });

  it("tell nothing about a bug but the request it happened in", () => {
    const { status, body } = toProblem(new Error("password is 123"), "id");
    expect(status).toBe(500);
    expect(JSON.stringify(body)).not.toContain("password");
    expect(body.requestId).toBe("id");
  });
});
