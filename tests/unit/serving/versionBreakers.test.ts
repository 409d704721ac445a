import { describe, expect, it } from "vitest";
import { AppError } from "../../../shared/errors";
import { VersionBreakers, type VersionPause } from "../../../shared/serving/versionBreakers";

const name = { model: "m", version: 2 };
const late = new AppError("timeout", "the model did not answer within 1 s");

function world() {
  const state = { nowMs: 0, pauses: [] as VersionPause[], resumed: 0 };
  const breakers = new VersionBreakers({
    nowMs: () => state.nowMs,
    onPause: (pause) => state.pauses.push(pause),
    onResume: () => state.resumed++,
  });
  const stop = (times: number) => {
    for (let i = 0; i < times; i++) {
      breakers.of(name).admit();
      breakers.of(name).ended(late);
    }
  };
  return { state, breakers, breaker: breakers.of(name), stop };
}

/** What a request is told now. */
function refusal(admit: () => void): { code: string; retryAfterSeconds?: number } | undefined {
  try {
    admit();
    return undefined;
  } catch (error) {
    return error as AppError;
  }
}

describe("the breaker of a model version", () => {
  it("pauses it after three runs had to be stopped, and says until when", () => {
    const { state, breakers, breaker, stop } = world();
    stop(2);
    expect(breakers.paused).toBe(0);
    stop(1);
    expect(state.pauses).toEqual([{ ...name, seconds: 60, stops: 3, reason: late.message }]);
    expect(breakers.paused).toBe(1);
    state.nowMs = 18_000;
    expect(refusal(() => breaker.admit())).toMatchObject({ code: "not_ready", retryAfterSeconds: 42 });
    expect(refusal(() => breakers.of({ ...name, version: 3 }).admit())).toBeUndefined();
  });

  it("lets one request try it after the pause, and resumes it if that ends well", () => {
    const { state, breakers, breaker, stop } = world();
    stop(3);
    state.nowMs = 60_001;
    expect(refusal(() => breaker.admit())).toBeUndefined();
    expect(refusal(() => breaker.admit())).toMatchObject({ code: "not_ready", retryAfterSeconds: 1 });
    breaker.ended();
    expect(refusal(() => breaker.admit())).toBeUndefined();
    expect({ resumed: state.resumed, paused: breakers.paused }).toEqual({ resumed: 1, paused: 0 });
  });

  it("doubles the pause each time the trial is stopped too, up to ten minutes", () => {
    const { state, stop } = world();
    stop(3);
    for (let i = 0; i < 5; i++) {
      state.nowMs += 600_001;
      stop(1);
    }
    expect(state.pauses.map(({ seconds }) => seconds)).toEqual([60, 120, 240, 480, 600, 600]);
  });

  it("counts a trial that failed for another reason as an answer", () => {
    const { state, breaker, stop } = world();
    stop(3);
    state.nowMs = 60_001;
    breaker.admit();
    breaker.ended(new AppError("invalid_input", "a number is needed"));
    expect(state.resumed).toBe(1);
  });

  it("forgets runs stopped long ago, and never counts faults of the caller or of the model's answer", () => {
    const { state, breaker, stop } = world();
    for (let i = 0; i < 10; i++) {
      state.nowMs += 200_000;
      stop(1);
      breaker.ended(new AppError("invalid_input", "a number is needed"));
      breaker.ended(new Error("a bug"));
    }
    expect(state.pauses).toEqual([]);
    stop(1); // the third within five minutes
    expect(state.pauses).toHaveLength(1);
  });
});
