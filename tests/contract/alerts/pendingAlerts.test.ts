import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Alert } from "../../../shared/alerts/alert";
import { close } from "../../../shared/alerts/alertByHand";
import { AlertStore } from "../../../shared/alerts/alertStore";
import type { Dispatch } from "../../../shared/alerts/dispatch";
import type { Announcement } from "../../../shared/alerts/outbox";
import { listAudit } from "../../../shared/ledger/auditEntry";
import type { TableRow } from "../../../shared/ports";
import { dayMs } from "../../../shared/time";
import { RecordedTelemetry } from "../../support/recordedTelemetry";
import { type Storage, startStorage } from "../../support/storage";

let storage: Storage;
beforeAll(async () => {
  storage = await startStorage();
});
afterAll(() => storage?.stop());

const start = Date.parse("2026-01-10T00:00:00Z");
/** Each look is a millisecond later. */
const clock = { time: start, now: () => new Date(clock.time++) };
const telemetry = new RecordedTelemetry();
const started: string[] = [];
const dispatch: Dispatch = async (alert) => {
  started.push(alert.id);
  return alert;
};
const announced: Announcement[] = [];
const store = (announce = async (one: Announcement) => void announced.push(one)) =>
  new AlertStore({ tables: storage.tables, clock, telemetry, dispatch, announce });

const windowOf = (day: number) => ({
  start: new Date(start + day * dayMs).toISOString(),
  end: new Date(start + (day + 1) * dayMs).toISOString(),
});
const condition = (subject: string, day: number) => ({
  ...{ subject, rule: "input-drift", severity: "warning" as const, summary: "moved", evidence: {} },
  ...{ confirm: { needed: 2, among: 3 }, window: windowOf(day) },
});
const outboxOf = async (subject: string): Promise<TableRow[]> => {
  const rows: TableRow[] = [];
  for await (const row of storage.tables.list("alerts", subject, { from: "outbox:", to: "outbox;" })) rows.push(row);
  return rows;
};
const auditOf = async (subject: string) =>
  (await listAudit(storage.tables, "alerts", subject, { limit: 20 })).map(({ action }) => action).toReversed();
const toldOf = (subject: string) => announced.filter((one) => one.subject === subject).map(({ event }) => event);
const miss = (subject: string, day: number): Promise<Alert | undefined> =>
  store().resolveWhere(subject, "input-drift", () => true, windowOf(day));

describe("an alert that several windows must confirm", () => {
  it("is pending, tells nobody and starts nothing, until enough windows have held", async () => {
    const first = await store().raise(condition("pears", 0));
    expect([first.raised, first.alert.status]).toEqual([false, "pending"]);
    const again = await store().raise(condition("pears", 0));
    expect(again.alert).toMatchObject({ status: "pending", occurrences: 2, confirm: { windows: [{ held: true }] } });
    expect(await miss("pears", 1)).toBeUndefined();
    expect([toldOf("pears"), await outboxOf("pears"), started]).toEqual([[], [], []]);
    expect(telemetry.events).toEqual([]);
    expect(await store().list("pears", 5, "open")).toEqual([]);
    expect(await store().list("pears", 5, "pending")).toHaveLength(1);

    const { alert, raised } = await store().raise(condition("pears", 2));
    expect(raised).toBe(true);
    expect(alert).toMatchObject({ id: first.alert.id, status: "open", confirm: { needed: 2, among: 3 } });
    expect(alert.confirm?.windows.map(({ held }) => held)).toEqual([true, false, true]);
    expect(alert.openedAt! > alert.raisedAt).toBe(true);
    expect([toldOf("pears"), started]).toEqual([["opened"], [alert.id]]);
    expect(await auditOf("pears")).toEqual(["alert pending", "alert raised"]);
  });

  it("ends without a word once no window can confirm it any more", async () => {
    await store().raise(condition("plums", 0));
    await miss("plums", 1);
    expect(await miss("plums", 2)).toMatchObject({ status: "unconfirmed" });
    expect(toldOf("plums")).toEqual([]);
    expect(await auditOf("plums")).toEqual(["alert pending", "alert not confirmed"]);
    const next = await store().raise(condition("plums", 3));
    expect(next.alert).toMatchObject({ status: "pending", occurrences: 1 });
    expect((await store().list("plums", 5)).map(({ status }) => status)).toEqual(["pending", "unconfirmed"]);
  });

  it("goes on waiting where its end is not found, or where the window is one that was counted", async () => {
    await store().raise(condition("figs", 0));
    for (let i = 0; i < 5; i++) await miss("figs", 0);
    await store().resolveWhere("figs", "input-drift", () => false, windowOf(1));
    await store().resolveWhere("figs", "input-drift", () => false, windowOf(2));
    expect((await store().list("figs", 1))[0]).toMatchObject({ status: "pending", confirm: { windows: [{}] } });
  });

  it("opens once, where several instances find its last window", async () => {
    await store().raise(condition("race", 0));
    const outcomes = await Promise.all([1, 2, 3, 4].map(() => store().raise(condition("race", 1))));
    expect(outcomes.filter(({ raised }) => raised)).toHaveLength(1);
    expect(toldOf("race")).toEqual(["opened"]);
    expect(await outboxOf("race")).toHaveLength(1);
  });

  it("can be closed by a person, and nobody is told", async () => {
    const { alert } = await store().raise(condition("quince", 0));
    expect(await store().change(alert.id, close({ actor: "Ada", reason: "known" }))).toMatchObject({
      status: "resolved",
    });
    expect(toldOf("quince")).toEqual([]);
    expect((await store().raise(condition("quince", 5))).alert.status).toBe("pending");
  });
});

describe("what people are to be told", () => {
  const plain = (subject: string, severity: "warning" | "error" = "warning") => ({
    ...{ subject, rule: "model-rejected", severity, summary: "it was rejected", evidence: {} },
  });

  it("is each change that matters to them, once", async () => {
    await store().raise(plain("apples"));
    await store().raise(plain("apples"));
    await store().raise(plain("apples", "error"));
    await store().resolve("apples", "model-rejected");
    const { alert } = await store().raise(plain("apples"));
    await store().change(alert.id, close({ actor: "Ada", reason: "known" }));
    expect(toldOf("apples")).toEqual(["opened", "worsened", "resolved", "opened", "closed"]);
    const ids = announced.filter(({ subject }) => subject === "apples").map(({ id }) => id);
    expect(new Set(ids).size).toBe(5);
  });

  it("waits in the outbox, whose subject is marked, where the instance was killed before it was told", async () => {
    const killed = store(() => Promise.reject(new Error("killed")));
    const { alert } = await killed.raise(plain("killed"));
    expect(alert.status).toBe("open");
    const [row] = await outboxOf("killed");
    expect(row).toMatchObject({ alert: alert.id, event: "opened", subject: "killed" });
    expect(row.id).toMatch(/^killed\..*:opened-\d{8}T\d{9}Z$/);
    expect(await storage.tables.get("alerts", "@outbox", "killed")).toMatchObject({ at: expect.any(String) });
  });

  it("is lost with its change, where that could not be stored", async () => {
    const failing = {
      ...storage.tables,
      transaction: async (...[table, operations]: Parameters<typeof storage.tables.transaction>) => {
        if (operations.length > 1) throw new Error("storage is away");
        await storage.tables.transaction(table, operations);
      },
    };
    const said: string[] = [];
    const announce = async ({ id }: Announcement) => void said.push(id);
    const away = new AlertStore({ tables: failing, clock, telemetry, dispatch, announce });
    await expect(away.raise(plain("away"))).rejects.toThrow("storage is away");
    expect([said, await outboxOf("away"), await store().list("away", 1)]).toEqual([[], [], []]);
  });
});
