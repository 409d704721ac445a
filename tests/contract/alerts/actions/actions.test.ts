import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { type ActionPolicies, actionPolicies, stepsOf } from "../../../../shared/alerts/actionPolicies";
import { actionStep, actions } from "../../../../shared/alerts/actions/registry";
import { listAudit } from "../../../../shared/ledger/auditEntry";
import type { TableRow } from "../../../../shared/ports";
import { candidateRules } from "../../../../shared/training/candidateRules";
import { parseUsecase } from "../../../../shared/usecase/parseUsecase";
import { Loop, shippedSpec } from "../../../support/loop";

const usecase = "coffee-grade";
const rule = "any-rule";

/** For every action: a step of a policy, what an alert for it says, and how often it was done. */
const samples: Record<string, Sample> = {
  retrain: {
    step: { do: "retrain", learners: ["extra-trees"] },
    done: async (loop) => (await loop.app.runs.list(usecase)).length,
  },
  promote: {
    step: { do: "promote" },
    evidence: async (loop) => {
      const version = await champion(loop);
      return { version, better: 3 - (version as number) };
    },
    done: (loop) => moves(loop),
  },
  "roll-back": {
    step: { do: "roll-back" },
    evidence: async (loop) => ({ version: await champion(loop) }),
    done: (loop) => moves(loop),
  },
  pause: {
    step: { do: "pause" },
    done: async (loop) => audited(loop, "route paused"),
    after: async (loop) => {
      const resume = {
        model: usecase,
        alias: "champion",
        pause: false,
        operation: "resume",
        actor: "Ada",
        reason: "r",
      };
      await loop.app.registry.setPause({ ...resume, alias: "champion" });
    },
  },
  restart: { step: { do: "restart" }, done: async () => restarts.length },
  webhook: {
    step: { do: "webhook", name: "runbook" },
    done: async () => calls.length,
    mayRepeat: true,
  },
  message: {
    step: { do: "message", queue: "own-queue" },
    done: async (loop) => {
      const queue = loop.storage.clients.queues.getQueueClient("own-queue");
      await queue.createIfNotExists();
      return (await queue.getProperties()).approximateMessagesCount ?? 0;
    },
    // a message may come twice where an instance was killed: the alert's id tells
    mayRepeat: true,
  },
};

interface Sample {
  step: { do: string } & Record<string, unknown>;
  evidence?(loop: Loop): Promise<Record<string, unknown>>;
  done(loop: Loop): Promise<number>;
  after?(loop: Loop): Promise<void>;
  mayRepeat?: true;
}

const restarts: string[] = [];
const calls: { id: string }[] = [];
const receiver = createServer((request, reply) => {
  json(request).then((body) => {
    calls.push(body as { id: string });
    reply.writeHead(204).end();
  });
});
let loop: Loop;
beforeAll(async () => {
  await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
  loop = await Loop.start(shippedSpec(usecase));
  for (const bytes of [1, 2]) {
    const details = { signature: { inputs: [], outputs: [], features: [] }, lineage, gate } as const;
    const registration = { model: usecase, bytes: Uint8Array.of(bytes), operation: `r${bytes}`, actor: "test" };
    const { version } = await loop.app.registry.register({ ...registration, details: details as never });
    await loop.app.registry.moveAlias({
      ...{ model: usecase, alias: "champion", version, operation: `m${bytes}`, actor: "test", reason: "a test" },
    } as never);
  }
});
afterAll(async () => {
  receiver.close();
  await loop?.stop();
});

const lineage = { source: "upload", codeRevision: "x" };
const gate = { decision: "not judged", reasons: [] };

const champion = async ({ app }: Loop) => (await app.registry.alias(usecase, "champion"))?.version;

async function audited({ app }: Loop, action: string): Promise<number> {
  const entries = await listAudit(app.tables, "models", usecase, { limit: 100 });
  return entries.filter((entry) => entry.action === action && entry.actor === "policy").length;
}

const moves = (running: Loop) => audited(running, "alias moved");

function deploy(policies: object): void {
  const spec = shippedSpec(usecase);
  const { port } = receiver.address() as AddressInfo;
  loop.deploy(
    { ...spec, policies: { ...spec.policies, ...policies } },
    { endProcess: (reason) => restarts.push(reason) },
    { TIDEGATE_ACTION_WEBHOOKS: `runbook=http://127.0.0.1:${port}/run` },
  );
}

async function raise({ evidence = async () => ({}) }: Sample) {
  const condition = { subject: usecase, rule, severity: "warning" as const, summary: "it holds" };
  return loop.app.alerts.raise({ ...condition, evidence: await evidence(loop) });
}

it("every action has a name of its own, a sample here, and takes no setting that it does not know", () => {
  const kinds = actions.map(({ kind }) => kind);
  expect(new Set(kinds).size).toBe(kinds.length);
  expect(Object.keys(samples).sort()).toEqual(kinds.toSorted());
  for (const { step } of Object.values(samples)) {
    expect(actionStep.parse(step)).toMatchObject({ ...step, approval: "none" });
    expect(actionStep.safeParse({ ...step, cooldownHuors: 1 }).success).toBe(false);
  }
  expect(actionStep.safeParse({ do: "sing" }).success).toBe(false);
});

it("a spec whose retraining names an unknown learner is refused with the path of it", () => {
  const spec = shippedSpec(usecase);
  spec.policies = { onAlert: { "input-drift": [{ do: "retrain", learners: ["oracle"] }] } };
  expect(() => parseUsecase(JSON.stringify(spec), "x", candidateRules)).toThrow(
    /policies\.onAlert\.input-drift\.0\.learners\.0/,
  );
});

it("drift retrains by default, and steps for it replace that", () => {
  const policies = z.strictObject(actionPolicies).parse({});
  const steps = (more: Partial<ActionPolicies>, of = "input-drift") => stepsOf({ rule: of }, { ...policies, ...more });
  expect(steps({})).toEqual([{ do: "retrain", approval: "none", cooldownHours: 6 }]);
  expect(steps({ onDrift: "none" })).toEqual([]);
  expect(steps({}, "other")).toEqual([]);
  expect(steps({ onAlert: { "input-drift": [] } })).toEqual([]);
  expect(stepsOf({ rule: "input-drift" }, undefined)).toEqual([]);
});

describe.each(Object.entries(samples))("the action %s", (kind, sample) => {
  const { step, done, after = async () => {}, mayRepeat } = sample;
  const wanting = { onAlert: { [rule]: [step] } };
  const end = async () => {
    await loop.app.alerts.resolve(usecase, rule);
    await after(loop);
    loop.passHours(1000);
  };

  it("is done once for an alert, however often and by however many instances it is raised, and audited", async () => {
    deploy(wanting);
    const before = await done(loop);
    await raise(sample);
    loop.passHours(1);
    const again = await Promise.all([raise(sample), raise(sample)]);
    expect(again[1].alert.actions).toMatchObject([{ outcome: "done" }]);
    expect(await done(loop)).toBe(before + 1);
    const audit = await listAudit(loop.app.tables, "alerts", usecase, { limit: 20 });
    expect(audit.filter(({ details }) => String(details?.kind).startsWith(kind))[0]).toMatchObject({
      ...{ action: "alert action done", actor: "policy" },
    });
    await end();
  });

  it("finds what it did before where that was not noted", async () => {
    deploy(wanting);
    const { alert } = await raise(sample);
    const count = await done(loop);
    const { tables } = loop.app;
    const pointer = await tables.get("alerts", usecase, `open:${rule}`);
    const row = await tables.get("alerts", usecase, String(pointer?.alert));
    const { etag: _etag, ...stored } = row ?? expect.unreachable();
    await tables.transaction("alerts", [{ kind: "replace", row: { ...stored, actions: "[]" } as TableRow }]);
    loop.passHours(1);
    const again = await loop.app.alerts.raise({ ...alert, evidence: alert.evidence });
    expect(again.alert.actions).toMatchObject([{ kind: alert.actions[0].kind }]);
    if (!mayRepeat && kind !== "restart") expect(await done(loop)).toBe(count);
    await end();
  });

  it("is not done where the policies do not want it", async () => {
    deploy({ onAlert: {} });
    const before = await done(loop);
    expect((await raise(sample)).alert.actions).toEqual([]);
    expect(await done(loop)).toBe(before);
    await end();
  });
});
