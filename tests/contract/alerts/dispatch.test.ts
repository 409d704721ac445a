import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { AnyAction } from "../../../shared/alerts/actions/registry";
import type { Alert } from "../../../shared/alerts/alert";
import { decideAction } from "../../../shared/alerts/alertByHand";
import { AlertStore } from "../../../shared/alerts/alertStore";
import { type Dispatch, type DispatchParts, dispatchActions, type LastAction } from "../../../shared/alerts/dispatch";
import { listAudit } from "../../../shared/ledger/auditEntry";
import type { TableRow } from "../../../shared/ports";
import { RecordedTelemetry } from "../../support/recordedTelemetry";
import { type Storage, startStorage } from "../../support/storage";

let storage: Storage;
beforeAll(async () => {
  storage = await startStorage();
});
afterAll(() => storage?.stop());

/** Each look is a millisecond later. */
const clock = { time: Date.parse("2026-01-01T00:00:00Z"), now: () => new Date(clock.time++) };
const condition = (subject: string, rule = "any-rule") => ({
  ...{ subject, rule, severity: "warning" as const, summary: "something holds", evidence: {} },
});

/** An action that counts how often it was run. */
class Counted implements AnyAction {
  readonly settings = {};
  readonly cooldownHours = 0;
  runs = 0;

  constructor(
    readonly kind: string,
    readonly work: (runs: number) => Promise<unknown> = async () => {},
  ) {}

  async run(_parts: unknown, _alert: Alert) {
    await this.work(++this.runs);
    return { outcome: "done" as const, words: `${this.kind} was done` };
  }
}

/** Policies that want each of these actions for every alert of the tests. */
function policiesFor(actions: AnyAction[], more: object = {}) {
  const steps = actions.map(({ kind }) => ({ do: kind, approval: "none" as const, ...more }));
  return () => ({ onDrift: "none" as const, cooldownHours: 0, onAlert: { "any-rule": steps } });
}

const lastActions = new Map<string, LastAction>();
const parts = {
  clock,
  lastAction: async ({ subject }: Alert, kind: string) => lastActions.get(`${subject} ${kind}`),
  keepLastAction: async (subject: string, kind: string, last: LastAction) => {
    lastActions.set(`${subject} ${kind}`, last);
  },
} as unknown as DispatchParts;

function dispatchTo(actions: AnyAction[], more?: object): Dispatch {
  return dispatchActions(policiesFor(actions, more), () => parts, actions);
}

function storeWith(...actions: AnyAction[]): AlertStore {
  return storeOf(dispatchTo(actions));
}

const storeOf = (dispatch: Dispatch) =>
  new AlertStore({ tables: storage.tables, clock, telemetry: new RecordedTelemetry(), dispatch });
const auditOf = async (subject: string) =>
  (await listAudit(storage.tables, "alerts", subject, { limit: 20 })).map(({ action, reason, details }) => [
    action,
    reason,
    details?.kind,
  ]);
const fail = async () => {
  throw new Error("the mail server is away");
};

describe("the actions of an alert", () => {
  it("are each done once, noted on it and audited, whatever its rule and whether its subject is a use case", async () => {
    const [first, second] = [new Counted("first"), new Counted("second")];
    const store = storeWith(first, second);
    await store.raise(condition("tidegate"));
    const { alert } = await store.raise(condition("tidegate"));
    expect([first.runs, second.runs]).toEqual([1, 1]);
    expect(alert.actions).toEqual([
      { kind: "first", at: expect.stringMatching(/^2026-01-01T/), outcome: "done", words: "first was done" },
      { kind: "second", at: expect.stringMatching(/^2026-01-01T/), outcome: "done", words: "second was done" },
    ]);
    expect(await auditOf("tidegate")).toEqual(
      expect.arrayContaining([
        ["alert action done", "first was done", "first"],
        ["alert action done", "second was done", "second"],
      ]),
    );
    expect(await store.list("tidegate", 1)).toMatchObject([{ occurrences: 2, actions: [{}, {}] }]);
  });

  it("that fail are noted once for each reason, do not stop the others, and are tried again at the next occurrence", async () => {
    const failing = new Counted("failing", async (runs) => (runs < 3 ? fail() : undefined));
    const other = new Counted("other");
    const store = storeWith(failing, other);
    for (let i = 0; i < 4; i++) await store.raise(condition("fails"));
    expect([failing.runs, other.runs]).toEqual([3, 1]);
    const [alert] = await store.list("fails", 1);
    expect(alert.actions.map(({ kind, outcome, words }) => [kind, outcome, words])).toEqual([
      ["failing", "failed", "the mail server is away"],
      ["other", "done", "other was done"],
      ["failing", "done", "failing was done"],
    ]);
    expect((await auditOf("fails")).filter(([, , kind]) => kind === "failing")).toHaveLength(2);
  });

  it("that keep failing for new reasons leave the newest ten notes, and the one about what was done", async () => {
    const failing = new Counted("failing", async (runs) => {
      throw new Error(`reason ${runs}`);
    });
    const store = storeWith(new Counted("other"), failing);
    for (let i = 0; i < 13; i++) await store.raise(condition("long"));
    const [{ actions }] = await store.list("long", 1);
    expect(actions.map(({ words }) => words)).toEqual([
      "other was done",
      ...Array.from({ length: 10 }, (_, i) => `reason ${i + 4}`),
    ]);
  });

  it("are started by the next occurrence where the instance was killed between raising and acting", async () => {
    const killed = storeOf(() => Promise.reject(new Error("killed")));
    await expect(killed.raise(condition("killed-before"))).rejects.toThrow("killed");
    const action = new Counted("late");
    const { alert, raised } = await storeWith(action).raise(condition("killed-before"));
    expect([raised, action.runs, alert.occurrences]).toEqual([false, 1, 2]);
    expect(alert.actions).toMatchObject([{ kind: "late", outcome: "done" }]);
  });

  it("are run again, for the same alert, where the instance was killed between acting and noting", async () => {
    const seen: string[] = [];
    class Named extends Counted {
      override async run(_parts: unknown, alert: Alert) {
        seen.push(alert.id);
        return super.run(_parts, alert);
      }
    }
    const action = new Named("again");
    const dispatch = dispatchTo([action]);
    const killed = storeOf((alert) => dispatch(alert, () => Promise.reject(new Error("killed"))));
    await expect(killed.raise(condition("killed-after"))).rejects.toThrow("killed");
    const { alert } = await storeWith(action).raise(condition("killed-after"));
    expect(seen).toEqual([alert.id, alert.id]);
    expect(alert.actions).toHaveLength(1);
  });

  it("are noted once when several instances raise the alert at the same time", async () => {
    const action = new Counted("raced");
    const store = storeWith(action);
    await Promise.all([1, 2, 3, 4].map(() => store.raise(condition("raced"))));
    const [alert] = await store.list("raced", 2);
    expect(alert).toMatchObject({ occurrences: 4, actions: [{ kind: "raced", outcome: "done" }] });
    expect((await auditOf("raced")).filter(([, , kind]) => kind === "raced")).toHaveLength(1);
  });

  it("are noted on an alert that was resolved meanwhile, which stays resolved and can be raised again", async () => {
    const action = new Counted("slow", async () => {
      await storeWith().raise(condition("meanwhile"));
      await storeWith().resolve("meanwhile", "any-rule");
    });
    const store = storeWith(action);
    const { alert } = await store.raise(condition("meanwhile"));
    expect(alert).toMatchObject({ status: "resolved", occurrences: 2, actions: [{ kind: "slow", outcome: "done" }] });
    expect(await store.list("meanwhile", 2, "open")).toEqual([]);
    expect((await storeWith().raise(condition("meanwhile"))).raised).toBe(true);
  });
});

describe("a step of a policy", () => {
  it("is not done for another alert of the subject before its cool-down is over", async () => {
    const action = new Counted("cooled");
    const store = storeOf(dispatchTo([action], { cooldownHours: 2 }));
    await store.raise(condition("cool"));
    await store.resolve("cool", "any-rule");
    const { alert } = await store.raise(condition("cool"));
    expect(alert.actions).toMatchObject([
      { outcome: "waiting", words: "not done: the last one was less than 2 h ago" },
    ]);
    clock.time += 2 * 3_600_000;
    expect((await store.raise(condition("cool"))).alert.actions.at(-1)).toMatchObject({ outcome: "done" });
    expect(action.runs).toBe(2);
  });

  it("that needs approval asks once, and is done at once when a person approves it", async () => {
    const action = new Counted("asked");
    const store = storeOf(dispatchTo([action], { approval: "manual" }));
    await store.raise(condition("approve"));
    const { alert } = await store.raise(condition("approve"));
    expect(alert.actions).toMatchObject([{ outcome: "asked", words: expect.stringContaining(alert.id) }]);
    expect(action.runs).toBe(0);
    const by = { actor: "Ada", reason: "it is time" };
    const decide = (name: string, decision: "approve" | "reject") =>
      store.changeAndAct(alert.id, decideAction(by, name, decision));
    await expect(decide("sing", "approve")).rejects.toMatchObject({ code: "not_found" });
    const approved = await decide("asked", "approve");
    expect(approved.actions.map(({ outcome }) => outcome)).toEqual(["asked", "approved", "done"]);
    expect(action.runs).toBe(1);
    await expect(decide("asked", "approve")).rejects.toMatchObject({ code: "conflict" });
    const audit = await listAudit(storage.tables, "alerts", "approve", { limit: 20 });
    expect(audit.find((entry) => entry.action === "alert action approved")).toMatchObject(by);
  });

  it("that a person rejects is not done, nor asked for again", async () => {
    const action = new Counted("unwanted");
    const store = storeOf(dispatchTo([action], { approval: "manual" }));
    const { alert } = await store.raise(condition("reject"));
    await store.changeAndAct(alert.id, decideAction({ actor: "Ada", reason: "no" }, "unwanted", "reject"));
    const again = await store.raise(condition("reject"));
    expect(again.alert.actions.map(({ outcome }) => outcome)).toEqual(["asked", "rejected"]);
    expect(action.runs).toBe(0);
  });

  it("that has nothing to do says so, and is not tried again", async () => {
    const idle = Object.assign(new Counted("idle"), {
      run: async () => ({ outcome: "nothing" as const, words: "there is no champion" }),
    });
    const store = storeWith(idle);
    await store.raise(condition("nothing"));
    const { alert } = await store.raise(condition("nothing"));
    expect(alert.actions).toMatchObject([{ outcome: "nothing", words: "there is no champion" }]);
  });

  it("is not done for alerts of other rules, nor where no policy applies", async () => {
    const action = new Counted("other");
    await storeWith(action).raise(condition("other", "other-rule"));
    const none = dispatchActions(
      () => undefined,
      () => parts,
      [action],
    );
    await storeOf(none).raise(condition("none"));
    expect(action.runs).toBe(0);
  });
});

describe("an alert of an earlier version", () => {
  it.each([
    [{ action: "started run old.drift-1", runId: "old.drift-1" }, "done"],
    [{ action: "no run: old.drift-0 started less than 6 h ago" }, "waiting"],
  ])("has what stood on it, %j, as its first note", async (columns, outcome) => {
    const subject = `old-${outcome}`;
    const store = storeWith();
    const { alert } = await store.raise(condition(subject));
    const rowKey = (await storage.tables.get("alerts", subject, "open:any-rule"))?.alert as string;
    const row = await storage.tables.get("alerts", subject, rowKey);
    const { actions: _list, form: _form, etag: _etag, ...older } = row ?? expect.unreachable();
    await storage.tables.transaction("alerts", [{ kind: "replace", row: { ...older, ...columns } as TableRow }]);
    const { action: words, ...run } = columns;
    const note = { kind: "retrain", at: alert.lastSeenAt, outcome, words, ...run };
    expect(await store.list(subject, 1)).toMatchObject([{ actions: [note] }]);
    const retrain = new Counted("retrain");
    await storeWith(retrain).raise(condition(subject));
    expect(retrain.runs).toBe(outcome === "done" ? 0 : 1);
    const [{ actions }] = await store.list(subject, 1);
    expect(actions[0]).toEqual(note);
    expect(actions).toHaveLength(outcome === "done" ? 1 : 2);
  });
});
