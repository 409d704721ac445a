import { describe, expect, test } from "vitest";
import type { ActionNote } from "../../../shared/alerts/actionNote";
import { newAlert } from "../../../shared/alerts/alert";
import { alertRow, readAlert } from "../../../shared/alerts/alertRow";

const raisedAt = new Date("2026-01-01T00:00:00Z");
const condition = { subject: "pumps", rule: "input-drift", severity: "warning" as const, summary: "moved" };

describe("the row of an alert", () => {
  const alert = newAlert({ ...condition, evidence: {} }, raisedAt);
  const waiting: ActionNote = { kind: "retrain", at: alert.raisedAt, outcome: "waiting", words: "no run: cool-down" };

  test("that an earlier release changed shows as a note what that did", () => {
    const row = { ...alertRow({ ...alert, actions: [waiting] }), action: "started run pumps.1", runId: "pumps.1" };
    expect(readAlert(row).actions).toEqual([
      waiting,
      { kind: "retrain", at: alert.raisedAt, outcome: "done", words: "started run pumps.1", runId: "pumps.1" },
    ]);
  });

  test("that an earlier release changed without doing anything new has the notes that it had", () => {
    const row = { ...alertRow({ ...alert, actions: [waiting] }), action: waiting.words };
    expect(readAlert(row)).toEqual({ ...alert, actions: [waiting] });
  });

  test("holds no more evidence than a table cell can: the longest fields are left out and named", () => {
    const evidence = { values: "x".repeat(40_000), count: 3, features: ["a"], reasons: ["y".repeat(15_000)] };
    const row = alertRow(newAlert({ ...condition, evidence }, raisedAt));
    expect(String(row.evidence).length).toBeLessThan(21_000);
    const { values: _values, ...kept } = evidence;
    expect(readAlert(row).evidence).toEqual({ ...kept, omitted: ["values"] });
  });
});
