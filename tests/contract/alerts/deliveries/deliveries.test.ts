import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { AlertSeverity } from "../../../../shared/alerts/alert";
import { close } from "../../../../shared/alerts/alertByHand";
import { listDeliveries } from "../../../../shared/alerts/deliveries/listDeliveries";
import type { TableStore } from "../../../../shared/ports";
import { MailServer } from "../../../support/mailServer";
import { type Storage, startStorage } from "../../../support/storage";
import { ToldAlerts } from "../../../support/toldAlerts";
import { WebReceiver } from "../../../support/webReceiver";

let storage: Storage;
beforeAll(async () => {
  storage = await startStorage();
});
afterAll(() => storage?.stop());

let mail: MailServer;
let web: WebReceiver;
beforeEach(async () => {
  mail = await MailServer.start();
  web = await WebReceiver.start();
});
afterEach(async () => {
  await Promise.all([mail.stop(), web.stop()]);
});

let subjects = 0;
const condition = (severity: AlertSeverity = "warning", subject = `pumps-${++subjects}`) => ({
  ...{ subject, rule: "input-drift", severity, summary: "Pressure moved", evidence: {} },
});
const byMail = () => ({
  TIDEGATE_SMTP_URL: mail.url,
  TIDEGATE_ALERT_EMAIL_FROM: "gate@example.org",
  TIDEGATE_ALERT_EMAIL_TO: "ops@example.org",
});
const byWeb = () => ({ TIDEGATE_WEBHOOK_URL: web.url, TIDEGATE_WEBHOOK_SECRET: "0123456789abcdef" });
const both = () => ({ ...byMail(), ...byWeb() });
const told = (
  env: Record<string, string> = both(),
  usecases?: ConstructorParameters<typeof ToldAlerts>[2],
  tables: TableStore = storage.tables,
) => new ToldAlerts(tables, env, usecases);
/** What was posted about a rule, by event. */
const posted = (rule: string) =>
  web.posts
    .map(({ body }) => JSON.parse(body).data)
    .filter(({ essentials }) => essentials.alertRule.startsWith(rule))
    .map(({ alertContext }) => alertContext.event);
const rowsOf = async (partition: string, prefix = "") => {
  const keys: string[] = [];
  for await (const { rowKey } of storage.tables.list("alerts", partition, { from: prefix })) keys.push(rowKey);
  return keys.filter((key) => key.startsWith(prefix));
};

describe("an alert", () => {
  it("is told by every channel that is set up, when it opens and when it is over, and its log says so", async () => {
    const world = told();
    const { alert } = await world.alerts.raise(condition());
    await world.work();
    await world.alerts.resolve(alert.subject, alert.rule);
    await world.work();
    expect(mail.mailbox.map(({ subject }) => subject)).toEqual([
      `Warning: ${alert.subject}: Pressure moved`,
      `Resolved: ${alert.subject}: Pressure moved`,
    ]);
    expect(posted("input-drift")).toEqual(["opened", "resolved"]);
    expect(await world.log(alert.id)).toEqual(
      ["opened", "resolved"].flatMap((event) =>
        ["email", "webhook"].map((channel) => ({ channel, event, status: "delivered", errors: [undefined] })),
      ),
    );
    expect(await rowsOf(alert.subject, "outbox:")).toEqual([]);
    expect(await rowsOf("@deliveries", `${alert.subject}:`)).toEqual([]);
    expect(world.telemetry.events.filter(({ name }) => name === "alert.delivered")).toHaveLength(4);
  });

  it("is told once however often its condition is found", async () => {
    const world = told();
    const again = condition();
    for (let i = 0; i < 3; i++) await world.alerts.raise(again);
    await world.work();
    expect([mail.mailbox.length, web.posts.length]).toEqual([1, 1]);
  });

  it("of little weight is told nobody unless its use case wants that", async () => {
    const quiet = condition("info");
    const spec = { channels: { email: "info", webhook: "error", slack: "warning", teams: "warning" } } as const;
    const world = told(both(), new Map([[quiet.subject, { spec }]]));
    await world.alerts.raise(quiet);
    await world.alerts.raise(condition("info"));
    await world.work();
    expect([mail.mailbox.length, web.posts.length]).toEqual([1, 0]);
  });

  it("is told nobody where no channel is set up, and nothing is left waiting", async () => {
    const world = told({});
    const { alert } = await world.alerts.raise(condition());
    await world.work();
    expect(await world.log(alert.id)).toEqual([]);
    expect(await rowsOf(alert.subject, "outbox:")).toEqual([]);
  });

  it("is told once where every message about it comes twice, at the same time", async () => {
    const world = told();
    await world.alerts.raise(condition());
    for (let round = 0; round < 3; round++)
      await Promise.all(world.take().flatMap((message) => [world.handle(message), world.handle(message)]));
    await world.pass(120);
    expect([mail.mailbox.length, web.posts.length]).toEqual([1, 1]);
  });
});

describe("a mail server that is down", () => {
  it("gets its messages once it is back, and the webhook is told meanwhile, within a minute", async () => {
    const world = told();
    const { port } = mail;
    await mail.stop();
    const { alert } = await world.alerts.raise(condition());
    await world.pass(60);
    expect(posted("delivery-failed-email")).toEqual(["opened"]);
    expect(await world.log(alert.id)).toContainEqual(
      expect.objectContaining({
        channel: "email",
        status: "waiting",
        errors: new Array(4).fill(expect.stringMatching(/ECONNREFUSED|could not/)),
      }),
    );
    mail = await MailServer.start({ port });
    await world.pass(600);
    expect(mail.mailbox.map(({ subject }) => subject)).toEqual([`Warning: ${alert.subject}: Pressure moved`]);
    expect(posted("delivery-failed-email")).toEqual(["opened", "resolved"]);
  });

  it("is told of by nobody where there is no other way, without end", async () => {
    const world = told(byMail());
    await mail.stop();
    await world.alerts.raise(condition());
    await world.pass(2 * 24 * 3600);
    expect(world.take()).toEqual([]);
    const [trouble] = await world.alerts.list("tidegate", 1, "open");
    expect(trouble.summary).toMatch(
      /^alerts do not reach ops@example.org by email: a message was given up after 11 tries/,
    );
    expect(await world.log(trouble.id)).toEqual([]);
    mail = await MailServer.start();
    await world.alerts.change(trouble.id, close({ actor: "test", reason: "over" }));
  });

  it("with two addresses in it tells neither of itself for ever", async () => {
    const env = { ...byMail(), TIDEGATE_ALERT_EMAIL_TO: "a@example.org,b@example.org" };
    const world = told(env);
    await mail.stop();
    await world.alerts.raise(condition());
    await world.pass(4 * 24 * 3600);
    expect(world.take()).toEqual([]);
    const troubles = await world.alerts.list("tidegate", 10, "open");
    expect(troubles).toHaveLength(2);
    mail = await MailServer.start();
    for (const { id } of troubles) await world.alerts.change(id, close({ actor: "test", reason: "over" }));
  });
});

describe("a receiver", () => {
  it("that asks for patience is tried again", async () => {
    const world = told();
    mail.answer = "defer";
    web.status = 500;
    const { alert } = await world.alerts.raise(condition());
    await world.work();
    mail.answer = "take";
    web.status = 200;
    await world.pass(2);
    expect([mail.mailbox.length, web.posts.length]).toEqual([1, 2]);
    expect(await world.log(alert.id)).toEqual([
      { channel: "email", event: "opened", status: "delivered", errors: [expect.stringContaining("451"), undefined] },
      {
        ...{ channel: "webhook", event: "opened", status: "delivered" },
        errors: ["it answered with the status 500", undefined],
      },
    ]);
    const ids = web.posts.map(({ headers }) => headers["x-tidegate-delivery"]);
    expect(new Set(ids).size).toBe(1);
  });

  it("that says how long to wait is left alone so long", async () => {
    const world = told();
    web.status = 429;
    web.headers = { "retry-after": "45" };
    await world.alerts.raise(condition());
    await world.pass(40);
    expect(web.posts).toHaveLength(1);
    web.status = 200;
    await world.pass(10);
    expect(web.posts).toHaveLength(2);
  });

  it("that refuses for good is tried once, and another is told at once", async () => {
    const world = told();
    mail.answer = "refuse";
    const { alert } = await world.alerts.raise(condition());
    await world.pass(3600);
    expect(mail.tries).toBe(1);
    expect(posted("delivery-failed-email")).toEqual(["opened"]);
    expect(await world.log(alert.id)).toContainEqual({
      ...{ channel: "email", event: "opened", status: "failed" },
      errors: [expect.stringContaining("554")],
    });
    mail.answer = "take";
    await world.alerts.raise(condition());
    await world.work();
    expect(posted("delivery-failed-email")).toEqual(["opened", "resolved"]);
  });

  it("that no setting names any more gets nothing, and is no trouble", async () => {
    const world = told();
    web.status = 500;
    const { alert } = await world.alerts.raise(condition());
    await world.work();
    world.setUp(byMail());
    await world.pass(10);
    expect(await world.log(alert.id)).toContainEqual(
      expect.objectContaining({
        channel: "webhook",
        status: "failed",
        errors: [expect.any(String), "no setting names this address any more"],
      }),
    );
    expect(await world.alerts.list("tidegate", 10, "open")).toEqual([]);
  });
});

/** Tables whose writes to rows with this beginning fail from the n-th on, as where the process was killed. */
function killedAt(prefix: string, after: number): { tables: TableStore; revive(): void } {
  let left = after;
  const tables: TableStore = {
    ...storage.tables,
    transaction: async (table, operations) => {
      if (operations.some(({ row }) => row.rowKey.startsWith(prefix)) && --left < 0) throw new Error("killed");
      return storage.tables.transaction(table, operations);
    },
  };
  const revive = () => {
    left = Number.POSITIVE_INFINITY;
  };
  return { tables, revive };
}

describe("an instance that is killed", () => {
  const tellInPieces = async (world: ToldAlerts) => {
    for (let messages = world.take(); messages.length > 0; messages = world.take())
      for (const message of messages) await world.handle(message).catch(() => undefined);
  };

  it("between sending and noting sends the same message again, with the same id, and only then", async () => {
    const { tables, revive } = killedAt("delivery:", 2);
    const world = told(byMail(), undefined, tables);
    const { alert } = await world.alerts.raise(condition());
    await tellInPieces(world);
    expect(mail.mailbox).toHaveLength(1);
    revive();
    expect(await world.sweep()).toEqual([]);
    await world.pass(61);
    expect(await world.sweep()).toEqual([`sent again: a delivery of ${alert.subject}`]);
    await world.pass(61);
    expect(mail.mailbox).toHaveLength(2);
    expect(new Set(mail.mailbox.map(({ messageId }) => messageId)).size).toBe(1);
    expect(await world.log(alert.id)).toEqual([expect.objectContaining({ status: "delivered" })]);
  });

  it("before it plans loses nothing", async () => {
    const { tables, revive } = killedAt("delivery:", 0);
    const world = told(both(), undefined, tables);
    await world.alerts.raise(condition());
    await tellInPieces(world);
    revive();
    await world.pass(61);
    await world.sweep();
    await world.work();
    expect([mail.mailbox.length, web.posts.length]).toEqual([1, 1]);
  });

  it("or cannot reach the queue leaves what is to be told to the next sweep", async () => {
    const world = told();
    world.losesMessages = true;
    const { alert } = await world.alerts.raise(condition());
    world.losesMessages = false;
    await world.pass(61);
    expect(await world.sweep()).toEqual([expect.stringMatching(`^announced again: ${alert.id}`)]);
    await world.work();
    expect([mail.mailbox.length, web.posts.length]).toEqual([1, 1]);
  });
});

describe("a sweep", () => {
  it("asks twice where there is nothing to do, and forgets subjects that have nothing to tell", async () => {
    const world = told();
    const { alert } = await world.alerts.raise(condition());
    await world.work();
    await world.pass(400);
    await world.sweep();
    expect(await rowsOf("@outbox", alert.subject)).toEqual([]);
    let calls = 0;
    const count = <T>(one: T): T => {
      calls++;
      return one;
    };
    const tables: TableStore = {
      get: (...asked) => count(storage.tables.get(...asked)),
      list: (...asked) => count(storage.tables.list(...asked)),
      transaction: (...asked) => count(storage.tables.transaction(...asked)),
    };
    expect(await told(both(), undefined, tables).sweep()).toEqual([]);
    expect(calls).toBe(2);
  });
});

describe("the log of an alert's deliveries", () => {
  it("names a row that cannot be read and shows the others", async () => {
    const world = told();
    const { alert } = await world.alerts.raise(condition());
    await world.work();
    const [key] = await rowsOf(alert.subject, "delivery:");
    const row = await storage.tables.get("alerts", alert.subject, key);
    await storage.tables.transaction("alerts", [
      { kind: "upsert", row: { ...row, partitionKey: alert.subject, rowKey: key, attempts: "[" } },
    ]);
    const unreadable: string[] = [];
    const found = await listDeliveries(storage.tables, alert.id, ({ message }) => unreadable.push(message));
    expect(found).toHaveLength(1);
    expect(unreadable).toEqual([expect.stringContaining("attempts: it is not valid JSON")]);
  });

  it("is not there for an alert that is not", async () => {
    await expect(listDeliveries(storage.tables, "nothing", () => {})).rejects.toMatchObject({ code: "not_found" });
  });
});
