import { describe, expect, it } from "vitest";
import type { Alert } from "../../../shared/alerts/alert";
import { compareProfiles } from "../../../shared/monitoring/drift";
import { driftAlerts } from "../../../shared/monitoring/driftAlerts";
import { driftSettings } from "./driftSettings";
import { captured, training } from "./signals/watchedRows";

const window = { version: 3, windowStart: "2026-01-01T00:00:00Z", windowEnd: "2026-01-02T00:00:00Z", targetRows: 1000 };
const ok = compareProfiles(training, captured(1000).profile, driftSettings);
const drifted = compareProfiles(training, captured(1000, 1).profile, driftSettings);

/** Whether the drift alert with this evidence is over by a result in which all is well. */
function isOver(evidence: object): boolean {
  const [, change] = driftAlerts(ok, window, { isSeries: false });
  if (!("resolve" in change)) return expect.unreachable();
  return change.resolve.isOver({ id: "pears.x", evidence } as Alert);
}

describe("alerts about drift", () => {
  it("name the features that drifted, with what was found", () => {
    const [, change] = driftAlerts(drifted, window, { isSeries: false });
    expect(change).toMatchObject({
      raise: {
        rule: "input-drift",
        severity: "warning",
        summary: expect.stringMatching(/^the inputs of version 3 differ from its training rows: x \(mean 0.972, /),
        evidence: { ...window, features: ["x"], values: { x: { drifted: ["distribution"] } } },
      },
    });
  });

  it("of a series wait for another window, unless values are missing or new, or the shift is beyond any spell", () => {
    const raise = (changed: object, isSeries = true) => {
      const features = drifted.features.map((one) => (one.verdict === "drift" ? { ...one, ...changed } : one));
      const [, change] = driftAlerts({ ...drifted, features }, window, { isSeries });
      return "raise" in change ? change.raise : expect.unreachable();
    };
    const bounds = { start: window.windowStart, end: window.windowEnd };
    expect(raise({ isClear: undefined })).toMatchObject({ confirm: { needed: 2, among: 3 }, window: bounds });
    for (const sure of [{ drifted: ["missing"] }, { drifted: ["distribution", "unseen"] }, { isClear: true as const }])
      expect(raise(sure).confirm).toBeUndefined();
    expect(raise({}, false).confirm).toBeUndefined();
  });

  it("are information where the drifted inputs hardly matter to the model", () => {
    const severity = (importance?: number[]) => {
      const [, change] = driftAlerts(drifted, window, { isSeries: false, importance });
      return "raise" in change ? change.raise.severity : expect.unreachable();
    };
    expect(severity([0.1, 0.9])).toBe("info");
    expect(severity([0.2, 0.8])).toBe("warning");
    expect(severity()).toBe("warning");
  });

  it("are over once what they name was judged again and found well, a feature that is gone left out", () => {
    expect(isOver({ features: ["x"], values: { x: { drifted: ["distribution"] } } })).toBe(true);
    expect(isOver({ features: ["x", "gone"] })).toBe(true);
    expect(isOver({ features: ["constructor"], values: {} })).toBe(true);
  });

  it("whose evidence cannot be read are named with the field at fault", () => {
    expect(() => isOver({ features: "x" })).toThrow(
      "the evidence of the alert pears.x cannot be read: features: a list is needed",
    );
    expect(() => isOver({ features: ["x"], values: { x: { drifted: "all" } } })).toThrow("values.x.drifted: a list");
  });
});
