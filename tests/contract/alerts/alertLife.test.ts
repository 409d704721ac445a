import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { acknowledge, close, silence, unsilence } from "../../../shared/alerts/alertByHand";
import type { AlertPolicy } from "../../../shared/alerts/alertPolicy";
import { AlertStore } from "../../../shared/alerts/alertStore";
import type { Dispatch } from "../../../shared/alerts/dispatch";
import type { Announcement } from "../../../shared/alerts/outbox";
import { sweepAlerts } from "../../../shared/alerts/sweepAlerts";
import { listAudit } from "../../../shared/ledger/auditEntry";
import { hourMs } from "../../../shared/time";
import { RecordedTelemetry } from "../../support/recordedTelemetry";
import { type Storage, startStorage } from "../../support/storage";

let storage: Storage;
let alerts: AlertStore;
beforeAll(async () => {
  storage = await startStorage();
  const { tables } = storage;
  alerts = new AlertStore({ tables, clock, telemetry: new RecordedTelemetry(), dispatch, announce, policyOf });
});
afterAll(() => storage?.stop());

/** Each look is a millisecond later. */
const clock = { time: Date.parse("2026-01-10T00:00:00Z"), now: () => new Date(clock.time++) };
const policies = new Map<string, AlertPolicy>();
const policyOf = async (subject: string) => policies.get(subject) ?? {};
const announced: Announcement[] = [];
const announce = async (one: Announcement) => void announced.push(one);
const started: string[] = [];
const dispatch: Dispatch = async (alert) => {
  started.push(alert.subject);
  return alert;
};

const raise = async (subject: string, severity: "warning" | "error" = "warning") =>
  (await alerts.raise({ subject, rule: "any-rule", severity, summary: "something holds", evidence: {} })).alert;
const pass = async (hours: number) => {
  clock.time += hours * hourMs;
  return sweepAlerts({ tables: storage.tables, clock, alerts });
};
const toldOf = (subject: string) => announced.filter((one) => one.subject === subject).map(({ event }) => event);
const auditOf = async (subject: string) =>
  (await listAudit(storage.tables, "alerts", subject, { limit: 20 })).map(({ action, actor }) => [action, actor]);
const by = (actor: string) => ({ actor, reason: "it is known" });
const inHours = (hours: number) => new Date(clock.time + hours * hourMs);

describe("an alert", () => {
  it("that is acknowledged names who did it, and is not escalated", async () => {
    policies.set("known", { escalateAfterMinutes: 60 });
    const { id } = await raise("known");
    const alert = await alerts.change(id, acknowledge(by("Ada")));
    expect(alert.acknowledged).toMatchObject({ by: "Ada", reason: "it is known" });
    expect(await pass(2)).toEqual([]);
    expect(toldOf("known")).toEqual(["opened", "acknowledged"]);
    await expect(alerts.change(id, acknowledge(by("Ben")))).rejects.toMatchObject({ code: "conflict" });
    expect((await alerts.list("known", 5, "acknowledged")).map((one) => one.id)).toEqual([id]);
    expect((await alerts.list("known", 5, "open")).map((one) => one.id)).toEqual([id]);
    expect(await auditOf("known")).toEqual([
      ["alert acknowledged", "Ada"],
      ["alert raised", "monitor"],
    ]);
  });

  it("that nobody acknowledges in its rule's time is escalated, once", async () => {
    policies.set("late", { escalateAfterMinutes: 60 });
    await raise("late");
    expect(await pass(0.5)).toEqual([]);
    expect(await pass(1)).toEqual([expect.stringMatching(/^the alert late\..* was escalated$/)]);
    expect(await pass(5)).toEqual([]);
    expect(toldOf("late")).toEqual(["opened", "escalated"]);
    expect(await alerts.list("late", 5, "escalated")).toHaveLength(1);
    await alerts.resolve("late", "any-rule");
    expect(toldOf("late")).toEqual(["opened", "escalated", "resolved"]);
  });

  it("that is silenced tells nothing and starts nothing until that is over, and then that it is still open", async () => {
    const { id } = await raise("quiet");
    await alerts.change(id, silence(by("Ada"), inHours(4)));
    started.length = 0;
    await raise("quiet", "error");
    expect([toldOf("quiet"), started]).toEqual([["opened", "silenced"], []]);
    expect(await alerts.list("quiet", 5, "silenced")).toHaveLength(1);
    expect(await pass(3)).toEqual([]);
    expect(await pass(2)).toHaveLength(1);
    expect(toldOf("quiet").at(-1)).toBe("unsilenced");
    expect(await alerts.list("quiet", 5, "silenced")).toEqual([]);
    await raise("quiet", "error");
    expect(started).toEqual(["quiet"]);
  });

  it("of a silenced rule is told once the rule may speak, and its recovery only where it was told", async () => {
    policies.set("hushed", { silence: { until: inHours(4).toISOString() } });
    await raise("hushed");
    await alerts.resolve("hushed", "any-rule");
    expect(toldOf("hushed")).toEqual([]);
    await raise("hushed");
    expect(await pass(1)).toEqual([]);
    expect(await pass(4)).toHaveLength(1);
    expect(toldOf("hushed")).toEqual(["opened"]);
  });

  it("is silent no more where a person says so, and can be silenced again", async () => {
    const { id } = await raise("again");
    await expect(alerts.change(id, unsilence(by("Ada")))).rejects.toMatchObject({ code: "conflict" });
    await alerts.change(id, silence(by("Ada"), inHours(4)));
    expect((await alerts.change(id, unsilence(by("Ada")))).silence).toBeUndefined();
    await alerts.change(id, silence(by("Ben"), inHours(1)));
    expect((await alerts.get(id)).silence).toMatchObject({ by: "Ben" });
  });

  it("that has ended can be changed by hand no more", async () => {
    const { id } = await raise("ended");
    await alerts.change(id, close(by("Ada")));
    for (const change of [acknowledge, unsilence, close, (who: ReturnType<typeof by>) => silence(who, inHours(1))])
      await expect(alerts.change(id, change(by("Ben")))).rejects.toMatchObject({ code: "conflict" });
  });

  it("is escalated once where two instances sweep at the same time", async () => {
    policies.set("swept", { escalateAfterMinutes: 60 });
    await raise("swept");
    clock.time += 2 * hourMs;
    await Promise.all([pass(0), pass(0)]);
    expect(toldOf("swept")).toEqual(["opened", "escalated"]);
  });
});
