import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { AlertStore } from "../../../shared/governance/alertStore";
import { RecordedTelemetry } from "../../support/recordedTelemetry";
import { type Storage, startStorage } from "../../support/storage";

let storage: Storage;
let alerts: AlertStore;
const telemetry = new RecordedTelemetry();
beforeAll(async () => {
  storage = await startStorage();
  alerts = new AlertStore(storage.tables, { now: () => new Date() }, telemetry);
});
afterAll(() => storage?.stop());

const condition = (subject: string, rule = "input-drift") => ({
  subject,
  rule,
  severity: "warning" as const,
  summary: "the inputs have moved",
  evidence: { features: ["a"] },
});

describe("alerts", () => {
  it("are raised once while their condition lasts, and count its occurrences", async () => {
    const first = await alerts.raise(condition("once"));
    const second = await alerts.raise(condition("once"));
    expect([first.raised, second.raised]).toEqual([true, false]);
    const list = await alerts.list("once", 10);
    expect(list).toHaveLength(1);
    expect(list[0]).toMatchObject({ status: "open", occurrences: 2, evidence: { features: ["a"] } });
    expect(telemetry.events.filter(({ attributes }) => attributes.subject === "once")).toHaveLength(1);
  });

  it("stay one when several instances raise them at the same time", async () => {
    const outcomes = await Promise.all([1, 2, 3, 4].map(() => alerts.raise(condition("race"))));
    expect(outcomes.filter(({ raised }) => raised)).toHaveLength(1);
    expect(await alerts.list("race", 10)).toHaveLength(1);
  });

  it("close when the condition is over, and can be raised again", async () => {
    await alerts.raise(condition("cycle"));
    expect(await alerts.resolve("cycle", "input-drift")).toMatchObject({ status: "resolved" });
    expect(await alerts.resolve("cycle", "input-drift")).toBeUndefined();
    expect((await alerts.raise(condition("cycle"))).raised).toBe(true);
    expect((await alerts.list("cycle", 10)).map(({ status }) => status)).toEqual(["open", "resolved"]);
    expect((await alerts.audit("cycle", { limit: 10 })).map(({ action }) => action)).toEqual([
      "alert raised",
      "alert resolved",
      "alert raised",
    ]);
  });

  it("are listed over all subjects, newest first", async () => {
    await alerts.raise(condition("older"));
    await alerts.raise(condition("newer"));
    const subjects = (await alerts.list(undefined, 2)).map(({ subject }) => subject);
    expect(subjects).toEqual(["newer", "older"]);
  });
});
