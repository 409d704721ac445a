import { expect, test } from "vitest";
import { type ActionNote, withNote } from "../../../shared/alerts/actionNote";

test("an action that keeps failing for new reasons leaves the newest note of every other", () => {
  const at = "2026-01-01T00:00:00.000Z";
  let notes: ActionNote[] = [{ kind: "retrain", at, outcome: "waiting", words: "the cool-down" }];
  for (let i = 0; i < 12; i++)
    notes = withNote(notes, { kind: "call", at, outcome: "failed", words: `reason ${i}` }) ?? expect.unreachable();
  expect(notes.map(({ words }) => words)).toEqual([
    "the cool-down",
    ...Array.from({ length: 10 }, (_, i) => `reason ${i + 2}`),
  ]);
  expect(withNote(notes, { kind: "retrain", at, outcome: "waiting", words: "the cool-down" })).toBeUndefined();
});
