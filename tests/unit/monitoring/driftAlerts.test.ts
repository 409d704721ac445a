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
  const [, change] = driftAlerts(ok, window);
  if (!("resolve" in change)) return expect.unreachable();
  return change.resolve.isOver({ id: "pears.x", evidence } as Alert);
}

describe("alerts about drift", () => {
  it("name the features that drifted, with what was found", () => {
    const [, change] = driftAlerts(drifted, window);
    expect(change).toMatchObject({
      raise: {
        rule: "input-drift",
        severity: "warning",
        summary: expect.stringMatching(/^the inputs of version 3 differ from its training rows: x \(mean 0.972, /),
        evidence: { ...window, features: ["x"], values: { x: { drifted: ["distribution"] } } },
      },
    });
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
