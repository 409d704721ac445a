import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { alertKey, alertPlace } from "../../../shared/alerts/alert";
import { close } from "../../../shared/alerts/alertByHand";
import { fileKey } from "../../../shared/alerts/alertFiles";
import { AlertStore } from "../../../shared/alerts/alertStore";
import type { Dispatch } from "../../../shared/alerts/dispatch";
import { listAudit } from "../../../shared/ledger/auditEntry";
import type { Clock, TableRow } from "../../../shared/ports";
import { RecordedTelemetry } from "../../support/recordedTelemetry";
import { type Storage, startStorage } from "../../support/storage";

let storage: Storage;
let alerts: AlertStore;
const telemetry = new RecordedTelemetry();
const noActions: Dispatch = async (alert) => alert;
const storeAt = (clock: Clock) => new AlertStore({ tables: storage.tables, clock, telemetry, dispatch: noActions });
beforeAll(async () => {
  storage = await startStorage();
  alerts = storeAt({ now: () => new Date() });
});
afterAll(() => storage?.stop());

/** Each look is a millisecond later, so that alerts of one rule have their order. */
function tickingClock() {
  let time = Date.now();
  return { now: () => new Date(time++) };
}

const condition = (subject: string, rule = "input-drift") => ({
  subject,
  rule,
  severity: "warning" as const,
  summary: "the inputs have moved",
  evidence: { features: ["a"] },
});

describe("alerts", () => {
  it("raised at one instant come a page at a time, each once", async () => {
    const at = new Date("2026-01-01T00:00:00Z");
    const instant = storeAt({ now: () => at });
    const rules = ["a", "b", "c", "d"];
    for (const rule of rules) await instant.raise(condition("instant", rule));
    for (const status of [undefined, "open"] as const) {
      const found: string[] = [];
      for (let after: string | undefined; found.length < rules.length; ) {
        const [alert] = await alerts.list("instant", 1, status, after);
        found.push(alert.rule);
        after = alertPlace(alert);
      }
      expect(found).toEqual(rules.toReversed());
    }
  });

  it("that can be read are listed beside one that cannot, whose row is named", async () => {
    const unreadable = async (rule: string, row: Partial<TableRow>) => {
      const { alert } = await alerts.raise(condition("damaged", rule));
      const stored = await storage.tables.get("alerts", "damaged", alertKey(alert));
      await storage.tables.transaction("alerts", [{ kind: "upsert", row: { ...stored!, ...row } }]);
    };
    await alerts.raise(condition("damaged", "whole"));
    await unreadable("cut", { evidence: "{" });
    await unreadable("newer", { form: 99 });
    for (const subject of ["damaged", undefined])
      for (const status of ["open", undefined] as const) {
        const told: string[] = [];
        const list = await alerts.list(subject, 10, status, undefined, ({ message }) => told.push(message));
        expect(list.filter((one) => one.subject === "damaged").map(({ rule }) => rule)).toEqual(["whole"]);
        expect(told).toHaveLength(2);
        for (const words of [
          /-newer" of partition "damaged" .* has form 99/,
          /-cut" .* cannot be read: evidence: it is/,
        ])
          expect(told).toContainEqual(expect.stringMatching(words));
      }
    await expect(alerts.list("damaged", 10)).rejects.toThrow(/cannot be read|has form 99/);
    for (const rule of ["cut", "newer"]) {
      const pointer = await storage.tables.get("alerts", "damaged", `open:${rule}`);
      const row = await storage.tables.get("alerts", "damaged", String(pointer!.alert));
      await storage.tables.transaction("alerts", [{ kind: "upsert", row: { ...row!, form: 1, evidence: "{}" } }]);
    }
  });

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

  it("about files count each of them when several instances find and settle them at the same time", async () => {
    const files = Array.from({ length: 12 }, (_, i) => `file-${i}.csv`);
    await Promise.all(files.map((file) => alerts.raise({ ...condition("files"), file })));
    const [raised] = await alerts.list("files", 10);
    expect(raised).toMatchObject({ occurrences: 12, evidence: { count: 12 } });
    expect((raised.evidence.files as unknown[]).length).toBe(10);
    await Promise.all(files.slice(1).map((file) => alerts.resolve("files", "input-drift", file)));
    const [left] = await alerts.list("files", 10, "open");
    expect(left.evidence).toMatchObject({ count: 1, files: [{ file: "file-0.csv" }] });
    expect(await alerts.resolve("files", "input-drift", "file-0.csv")).toMatchObject({ status: "resolved" });
  });

  it("close when the condition is over, and can be raised again", async () => {
    await alerts.raise(condition("cycle"));
    expect(await alerts.resolve("cycle", "input-drift")).toMatchObject({ status: "resolved" });
    expect(await alerts.resolve("cycle", "input-drift")).toBeUndefined();
    expect((await alerts.raise(condition("cycle"))).raised).toBe(true);
    expect((await alerts.list("cycle", 10)).map(({ status }) => status)).toEqual(["open", "resolved"]);
    expect((await listAudit(storage.tables, "alerts", "cycle", { limit: 10 })).map(({ action }) => action)).toEqual([
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

  it("of one status are found behind any number of the other", async () => {
    const store = storeAt(tickingClock());
    await store.raise(condition("filtered", "stays"));
    for (let i = 0; i < 5; i++) {
      await store.raise(condition("filtered", "comes-and-goes"));
      await store.resolve("filtered", "comes-and-goes");
    }
    await store.raise(condition("filtered", "newest"));
    const rules = async (status: "open" | "resolved", limit: number) =>
      (await store.list("filtered", limit, status)).map(({ rule }) => rule);
    expect(await rules("open", 1)).toEqual(["newest"]);
    expect(await rules("open", 10)).toEqual(["newest", "stays"]);
    expect(await rules("resolved", 2)).toEqual(["comes-and-goes", "comes-and-goes"]);
  });

  it("are closed by a person, whose name and reason stand on them and in the audit trail", async () => {
    const by = { actor: "Ada", reason: "a typing error in the folder's name" };
    const { alert } = await alerts.raise(condition("closed", "poison-training-plan"));
    expect(await alerts.change(alert.id, close(by))).toMatchObject({
      status: "resolved",
      closedBy: "Ada",
      closeReason: by.reason,
    });
    expect((await listAudit(storage.tables, "alerts", "closed", { limit: 1 }))[0]).toMatchObject({
      action: "alert closed",
      ...by,
    });
    const seen = telemetry.events.filter(({ attributes }) => attributes.subject === "closed").at(-1);
    expect(seen).toMatchObject({ name: "alert.resolved", attributes: { byHand: true } });
    expect(JSON.stringify(seen)).not.toContain("Ada");
    await expect(alerts.change(alert.id, close(by))).rejects.toMatchObject({ code: "conflict" });
    const again = await alerts.raise(condition("closed", "poison-training-plan"));
    expect(again.raised).toBe(true);
    await expect(alerts.change(alert.id, close(by))).rejects.toMatchObject({ code: "conflict" });
    expect(await alerts.list("closed", 10, "open")).toHaveLength(1);
  });

  it("that nobody raised cannot be closed", async () => {
    for (const id of [
      "nothing",
      "nothing.20260101T000000000Z-x",
      "no/thing.20261301T000000000Z-x",
      "closed.20260101T-x",
    ])
      await expect(alerts.change(id, close({ actor: "Ada", reason: "x" }))).rejects.toMatchObject({
        code: "not_found",
      });
  });

  it("of early versions, whose ids name no subject and whose files have no rows, are read, ended and closed", async () => {
    const raisedAt = "2026-01-02T03:04:05.006Z";
    const at = `${253_402_300_799_999 - Date.parse(raisedAt)}`.padStart(15, "0");
    const rule = "dataset-rejected";
    for (const partitionKey of ["early", "earlier"]) {
      const row = {
        ...{ partitionKey, rowKey: `alert:${at}-${rule}`, id: `20260102T030405006Z-${rule}`, subject: partitionKey },
        ...{ rule, severity: "warning", status: "open", summary: "a.csv was rejected: it is empty", occurrences: 3 },
        ...{ evidence: JSON.stringify({ file: "a.csv" }), raisedAt, lastSeenAt: raisedAt },
      };
      const pointer = { partitionKey, rowKey: `open:${rule}`, alert: row.rowKey };
      await storage.tables.transaction("alerts", [
        { kind: "insert", row },
        { kind: "insert", row: pointer },
      ]);
    }
    expect(await alerts.resolve("early", rule, "other.csv")).toBeUndefined();
    await alerts.raise({ ...condition("early", rule), file: "b.csv" });
    const [{ evidence }] = await alerts.list("early", 1);
    expect(evidence).toMatchObject({ count: 2, files: [{ file: "b.csv" }, { file: "a.csv" }] });
    expect(await alerts.resolve("early", rule, "b.csv")).toBeUndefined();
    expect(await alerts.resolve("early", rule, "a.csv")).toMatchObject({ status: "resolved" });

    const [{ id }] = await alerts.list("earlier", 1);
    expect(id).toBe(`earlier.20260102T030405006Z-${rule}`);
    expect(await alerts.change(id, close({ actor: "Ada", reason: "old" }))).toMatchObject({ status: "resolved" });
  });

  it("keep no more of a long summary than a table cell may hold", async () => {
    const summary = "the graph is not valid ".repeat(5000);
    await alerts.raise({ ...condition("long"), summary });
    const [alert] = await alerts.list("long", 1);
    expect(alert.summary).toMatch(/^the graph is not valid .*\(cut: 115000 characters\)$/);
  });
});

describe("a stored row of an alert that cannot be read", () => {
  const changed = async (subject: string, rowKey: string, columns: object) => {
    const row = await storage.tables.get("alerts", subject, rowKey);
    const { etag: _etag, ...stored } = row ?? expect.unreachable();
    await storage.tables.transaction("alerts", [{ kind: "replace", row: { ...stored, ...columns } as TableRow }]);
  };
  const pointerOf = async (subject: string) =>
    String((await storage.tables.get("alerts", subject, "open:input-drift"))?.alert);

  it.each([
    ["occurrences", { occurrences: "many" }, "occurrences: a number is needed"],
    ["evidence", { evidence: "{" }, "evidence: it is not valid JSON"],
    ["files", { evidence: JSON.stringify({ files: [{ file: 1 }] }) }, "evidence.files.0.file: a text is needed"],
    ["notes", { actions: JSON.stringify([{ kind: "retrain" }]) }, "actions.0.at: it is missing"],
  ])("is named with the field at fault: %s", async (name, columns, fault) => {
    const subject = `broken-${name}`;
    await alerts.raise(condition(subject));
    const rowKey = await pointerOf(subject);
    await changed(subject, rowKey, columns);
    const message = expect.stringContaining(
      `the row "${rowKey}" of partition "${subject}" in table alerts cannot be read: ${fault}`,
    );
    await expect(alerts.list(subject, 1)).rejects.toMatchObject({ code: "corrupt", message });
    expect((await alerts.raise(condition(subject))).raised).toBe(true);
    const told: string[] = [];
    const list = await alerts.list(subject, 10, undefined, undefined, (error) => told.push(error.message));
    expect([list.length, told]).toEqual([1, [message]]);
    expect((await alerts.raise(condition(subject))).raised).toBe(false);
    const trail = await listAudit(storage.tables, "alerts", subject, { limit: 10 });
    expect(trail.find(({ action }) => action === "alert released")?.reason).toEqual(message);
  });

  it("is open no more once its condition is over", async () => {
    await alerts.raise(condition("broken-over"));
    await changed("broken-over", await pointerOf("broken-over"), { occurrences: "many" });
    expect(await alerts.resolve("broken-over", "input-drift")).toBeUndefined();
    expect(await pointerOf("broken-over")).toBe("");
    await expect(alerts.list("broken-over", 1)).rejects.toMatchObject({ code: "corrupt" });
  });

  it("keeps its place where a newer release wrote it", async () => {
    await alerts.raise(condition("broken-newer"));
    const rowKey = await pointerOf("broken-newer");
    await changed("broken-newer", rowKey, { form: 99 });
    await expect(alerts.raise(condition("broken-newer"))).rejects.toMatchObject({ code: "unavailable" });
    await expect(alerts.resolve("broken-newer", "input-drift")).rejects.toMatchObject({ code: "unavailable" });
    expect(await pointerOf("broken-newer")).toBe(rowKey);
    await changed("broken-newer", rowKey, { form: 1 });
  });

  it("keeps no file from being settled, nor a new alert from being raised: a file, and the pointer", async () => {
    for (const file of ["a.csv", "b.csv"]) await alerts.raise({ ...condition("broken-file"), file });
    const [alert] = await alerts.list("broken-file", 1);
    await changed("broken-file", fileKey(alert, "a.csv"), { settled: "no" });
    expect(await alerts.resolve("broken-file", "input-drift", "a.csv")).toBeUndefined();
    const [left] = await alerts.list("broken-file", 1);
    expect(left.evidence).toMatchObject({ count: 1, files: [{ file: "b.csv" }] });
    expect(await alerts.resolve("broken-file", "input-drift", "a.csv")).toBeUndefined();
    await changed("broken-file", "open:input-drift", { alert: 5 });
    expect((await alerts.raise(condition("broken-file"))).raised).toBe(true);
    await changed("broken-file", "open:input-drift", { alert: 5 });
    expect(await alerts.resolve("broken-file", "input-drift")).toBeUndefined();
    expect(await pointerOf("broken-file")).toBe("");
  });

  it("keeps no alert from being closed by hand: a damaged pointer, whether or not a successor was raised", async () => {
    const by = { actor: "Ada", reason: "mended" };
    const first = (await alerts.raise(condition("broken-close"))).alert;
    await changed("broken-close", "open:input-drift", { alert: 5 });
    const second = (await alerts.raise(condition("broken-close"))).alert;
    expect(await alerts.change(first.id, close(by))).toMatchObject({ id: first.id, status: "resolved" });
    expect((await alerts.list("broken-close", 10, "open")).map(({ id }) => id)).toEqual([second.id]);
    await changed("broken-close", "open:input-drift", { alert: 5 });
    expect(await alerts.change(second.id, close(by))).toMatchObject({ id: second.id, status: "resolved" });
    expect(await pointerOf("broken-close")).toBe("");
  });
});
