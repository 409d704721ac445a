import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Confirm, type JudgedWindow, judgeWindow } from "../../../shared/alerts/confirmation";

const twoOfThree = { needed: 2, among: 3 };
const day = (n: number) => new Date(Date.UTC(2026, 0, 1 + n)).toISOString();
const windowAt = (n: number, held: boolean) => ({ start: day(n), end: day(n + 1), held });

/** The states after each of the windows "1" (held) and "0" that follow one another. */
function statesOf(outcomes: string, confirm: Confirm): string[] {
  let windows: JudgedWindow[] = [];
  return [...outcomes].map((outcome, n) => {
    const { state, confirmation } = judgeWindow(windows, windowAt(n, outcome === "1"), confirm);
    windows = confirmation.windows;
    return state;
  });
}

describe("a condition that needs several windows", () => {
  test.each([
    ["11", twoOfThree, "pending confirmed"],
    ["101", twoOfThree, "pending pending confirmed"],
    ["100", twoOfThree, "pending pending over"],
    ["10", { needed: 2, among: 2 }, "pending over"],
    ["10101", { needed: 3, among: 5 }, "pending pending pending pending confirmed"],
    ["1001011", { needed: 3, among: 4 }, "pending pending over pending pending pending confirmed"],
    ["1", { needed: 1, among: 1 }, "confirmed"],
    ["11", { needed: 2, among: 1 }, "pending confirmed"],
  ])("that are %s, where %o must hold: %s", (outcomes, confirm, states) => {
    // what is over starts anew
    const told = statesOf(outcomes, confirm);
    expect(told.join(" ")).toBe(states);
  });

  test("counts a window once: those that overlap the newest, or precede it, say nothing new", () => {
    const first = judgeWindow([], windowAt(5, true), twoOfThree).confirmation.windows;
    for (const [start, end] of [
      [5, 6],
      [5.5, 6.5],
      [4, 5],
      [5.99, 7],
    ]) {
      const again = judgeWindow(first, { start: day(start), end: day(end), held: true }, twoOfThree);
      expect([again.state, again.confirmation.windows]).toEqual(["pending", first]);
    }
    expect(judgeWindow(first, windowAt(6, true), twoOfThree).state).toBe("confirmed");
  });

  test("is confirmed exactly when enough of the last windows held, whatever the order", () => {
    const confirms = fc
      .record({ needed: fc.integer({ min: 1, max: 5 }), among: fc.integer({ min: 1, max: 7 }) })
      .filter(({ needed, among }) => needed <= among);
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 30 }), confirms, (outcomes, confirm) => {
        const { needed, among } = confirm;
        let windows: JudgedWindow[] = [];
        for (const [n, held] of outcomes.entries()) {
          const judged = judgeWindow(windows, windowAt(n, held), confirm);
          const newest = outcomes.slice(0, n + 1).slice(-among);
          const isConfirmed = newest.filter(Boolean).length >= needed;
          expect(judged.state === "confirmed").toBe(isConfirmed);
          if (isConfirmed) return;
          // it is over exactly when no number of windows that hold would use one of those that were
          const rest = newest.findIndex((one, at) => {
            const from = newest.slice(at);
            return one && from.filter(Boolean).length + among - from.length >= needed;
          });
          expect(judged.state).toBe(rest < 0 ? "over" : "pending");
          windows = judged.state === "over" ? [] : judged.confirmation.windows;
        }
      }),
    );
  });
});
