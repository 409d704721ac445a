import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { actionPolicies, actions } from "../../../../shared/alerts/actions/registry";
import { listAudit } from "../../../../shared/ledger/auditEntry";
import type { TableRow } from "../../../../shared/ports";
import { Loop, shippedSpec } from "../../../support/loop";

const usecase = "coffee-grade";

/** For every action: an alert and policies that want it, policies that do not, and how often it was done. */
const samples: Record<string, Sample> = {
  retrain: {
    rule: "input-drift",
    wanting: { onDrift: "retrain" },
    refusing: { onDrift: "none" },
    done: async (loop) => (await loop.app.runs.list(usecase)).length,
  },
};

interface Sample {
  rule: string;
  wanting: object;
  refusing: object;
  done(loop: Loop): Promise<number>;
}

let loop: Loop;
beforeAll(async () => {
  loop = await Loop.start(shippedSpec(usecase));
});
afterAll(() => loop?.stop());

function deploy(policies: object): void {
  const spec = shippedSpec(usecase);
  loop.deploy({ ...spec, policies: { ...spec.policies, ...policies } });
}

function raise(rule: string, subject = usecase) {
  return loop.app.alerts.raise({ subject, rule, severity: "warning", summary: "it holds", evidence: {} });
}

it("every action has a name of its own, fields that a spec may omit, and a sample here", () => {
  const kinds = actions.map(({ kind }) => kind);
  expect(new Set(kinds).size).toBe(kinds.length);
  expect(Object.keys(samples).sort()).toEqual(kinds.toSorted());
  expect(z.strictObject(actionPolicies).safeParse({}).success).toBe(true);
  const fields = actions.flatMap(({ settings }) => Object.keys(settings));
  expect(new Set(fields).size).toBe(fields.length);
});

describe.each(Object.entries(samples))("the action %s", (kind, { rule, wanting, refusing, done }) => {
  const notes = async (subject = usecase) => {
    const alert = (await loop.app.alerts.list(subject, 10)).find((one) => one.rule === rule);
    return alert?.actions.filter((note) => note.kind === kind);
  };

  it("is done once for an alert, however often and by however many instances it is raised, and audited", async () => {
    deploy(wanting);
    const before = await done(loop);
    await Promise.all([raise(rule), raise(rule), raise(rule)]);
    loop.passHours(1);
    await raise(rule);
    expect(await done(loop)).toBe(before + 1);
    expect(await notes()).toMatchObject([{ outcome: "done" }]);
    const audit = await listAudit(loop.app.tables, "alerts", usecase, { limit: 20 });
    expect(audit.filter(({ details }) => details?.kind === kind)).toMatchObject([
      { action: "alert action done", actor: "policy" },
    ]);
    await loop.app.alerts.resolve(usecase, rule);
  });

  it("finds what it did before where that was not noted", async () => {
    deploy(wanting);
    loop.passHours(1000);
    const { alert } = await raise(rule);
    const count = await done(loop);
    const { tables } = loop.app;
    const pointer = await tables.get("alerts", usecase, `open:${rule}`);
    const row = await tables.get("alerts", usecase, String(pointer?.alert));
    const { etag: _etag, ...stored } = row ?? expect.unreachable();
    await tables.transaction("alerts", [{ kind: "replace", row: { ...stored, actions: "[]" } as TableRow }]);
    loop.passHours(1);
    const again = await raise(rule);
    expect(again.alert.actions).toMatchObject([{ outcome: "done", words: alert.actions[0].words }]);
    expect(await done(loop)).toBe(count);
    await loop.app.alerts.resolve(usecase, rule);
  });

  it("is not done where the policies do not want it", async () => {
    deploy(refusing);
    loop.passHours(1000);
    const before = await done(loop);
    await raise(rule);
    expect(await done(loop)).toBe(before);
    expect(await notes()).toEqual([]);
    await loop.app.alerts.resolve(usecase, rule);
  });
});
