import { describe, expect, it } from "vitest";
import { createDefaultModel } from "../../../shared/serving/defaultModel";

describe("the model for a request that names none", () => {
  const world = (names: string[], configured?: string) => {
    const state = { names, nowMs: 0, reads: 0 };
    const models = async () => {
      state.reads++;
      return state.names;
    };
    return { state, ask: createDefaultModel({ models }, configured, () => state.nowMs) };
  };

  it("is the configured one, whichever models exist", async () => {
    const { state, ask } = world(["a", "b"], "c");
    expect(await ask()).toBe("c");
    expect(state.reads).toBe(0);
  });

  it("is the only one, which is looked up once in two seconds", async () => {
    const { state, ask } = world(["a"]);
    expect([await ask(), await ask()]).toEqual(["a", "a"]);
    state.names = ["b"];
    state.nowMs = 1_999;
    expect([await ask(), state.reads]).toEqual(["a", 1]);
    state.nowMs = 2_000;
    expect([await ask(), state.reads]).toEqual(["b", 2]);
  });

  it("must be named if there are several or none, and is looked up again each time", async () => {
    const { state, ask } = world(["a", "b"]);
    await expect(ask()).rejects.toMatchObject({ code: "invalid_input", message: expect.stringContaining("a, b") });
    state.names = [];
    await expect(ask()).rejects.toMatchObject({ message: expect.stringContaining("none is registered yet") });
    expect(state.reads).toBe(2);
  });
});
