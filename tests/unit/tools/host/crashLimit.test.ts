import { expect, test } from "vitest";
import { CrashLimit } from "../../../../tools/host/crashLimit";

const minuteMs = 60_000;
/** Whether each crash of a fresh worker, at these minutes, is the last one that is borne. */
const verdicts = (...minutes: number[]) => {
  const limit = new CrashLimit();
  return minutes.map((minute) => limit.isReachedAt(minute * minuteMs));
};

test("the third crash within half an hour of the one before is one too many", () => {
  expect(verdicts(0, 1, 2)).toEqual([false, false, true]);
  expect(verdicts(0, 29, 58)).toEqual([false, false, true]);
});

test("crashes are forgotten after more than half an hour without one", () => {
  expect(verdicts(0, 1, 32, 33)).toEqual([false, false, false, false]);
  expect(verdicts(0, 31, 62, 93)).toEqual([false, false, false, false]);
});

test("a restart forgets them too", () => {
  const limit = new CrashLimit();
  for (let crash = 0; crash < 2; crash++) limit.isReachedAt(0);
  limit.reset();
  expect(limit.isReachedAt(1)).toBe(false);
});
