import { createHmac } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { newAlert } from "../../../../shared/alerts/alert";
import { channels, readDestinations } from "../../../../shared/alerts/channels/registry";
import type { AlertMessage } from "../../../../shared/alerts/message/alertMessage";
import { composeMessage } from "../../../../shared/alerts/message/composeMessage";
import { MailServer } from "../../../support/mailServer";
import { WebReceiver } from "../../../support/webReceiver";

const secret = "s3cret-Zanzibar-7391";
const hostile = 'Pressure <script>alert("1")</script> moved & <https://evil.example|click> *now* ünïcode 🌊';

/** A real receiver of a channel's messages. */
interface Receiver {
  env: Record<string, string>;
  /** what arrived, each as one text */
  received(): string[];
  tries(): number;
  answer(how: "take" | "later" | "never" | "hang"): void;
  stop(): Promise<void>;
}

async function mailReceiver(): Promise<Receiver> {
  const server = await MailServer.start({ login: { user: "tidegate", password: secret } });
  return {
    env: {
      TIDEGATE_SMTP_URL: server.url,
      TIDEGATE_ALERT_EMAIL_FROM: "tidegate@example.org",
      TIDEGATE_ALERT_EMAIL_TO: "ops@example.org",
    },
    received: () => server.mailbox.map((mail) => JSON.stringify(mail)),
    tries: () => server.tries,
    answer: (how) => {
      server.answer = { take: "take", later: "defer", never: "refuse", hang: "hang" }[how] as typeof server.answer;
    },
    stop: () => server.stop(),
  };
}

const webReceiver =
  (setting: string, more: Record<string, string> = {}) =>
  async (): Promise<Receiver> => {
    const server = await WebReceiver.start();
    return {
      env: { [setting]: `${server.url}/hooks/${secret}`, ...more },
      received: () => server.posts.map(({ headers, body }) => JSON.stringify([headers, JSON.parse(body)])),
      tries: () => server.posts.length,
      answer: (how) => {
        server.status = ({ take: 202, later: 503, never: 410, hang: "hang" } as const)[how];
      },
      stop: () => server.stop(),
    };
  };

/** A receiver of each channel; a new channel needs one. */
const receivers: Record<string, () => Promise<Receiver>> = {
  email: mailReceiver,
  webhook: webReceiver("TIDEGATE_WEBHOOK_URL", { TIDEGATE_WEBHOOK_SECRET: secret }),
  slack: webReceiver("TIDEGATE_SLACK_URL"),
  teams: webReceiver("TIDEGATE_TEAMS_URL"),
};

const raisedAt = new Date("2026-01-01T00:00:00Z");
const alert = newAlert(
  { subject: "pumps", rule: "input-drift", severity: "warning", summary: hostile, evidence: { version: 3 } },
  raisedAt,
);

function message(more: Partial<AlertMessage> = {}): AlertMessage {
  const told = { deliveryId: "pumps.1.opened.x", event: "opened" as const, at: raisedAt.toISOString() };
  return { ...composeMessage(told, alert, { app: "https://gate.example.org" }, raisedAt), ...more };
}

it("every channel has a receiver here", () => {
  expect(Object.keys(receivers)).toEqual(channels.map(({ name }) => name));
});

describe.each(channels.map(({ name }) => name))("the channel %s", (name) => {
  let receiver: Receiver;
  beforeEach(async () => {
    receiver = await receivers[name]();
  });
  afterEach(() => receiver.stop());

  const destinations = (env = receiver.env, limitMs?: number) => readDestinations(env, limitMs).destinations;
  const fault = (limitMs?: number) =>
    destinations(receiver.env, limitMs)[0]
      .send(message())
      .then(
        () => undefined,
        (error) => error,
      );

  it("is off where nothing is set", () => {
    expect(readDestinations({})).toEqual({ destinations: [], faults: [] });
  });

  it("has one address, whose name and label hold no secret", () => {
    const [one, ...others] = destinations();
    expect(others).toEqual([]);
    expect(one).toMatchObject({ channel: name, id: expect.stringMatching(new RegExp(`^${name}-[0-9a-f]{8}$`)) });
    expect(JSON.stringify(one)).not.toContain(secret);
  });

  it("brings what was found, since when, what to do, where to look and the id of the delivery", async () => {
    await destinations()[0].send(message());
    const [text, ...others] = receiver.received();
    expect(others).toEqual([]);
    for (const part of ["pumps", "ünïcode", "2026-01-01 00:00 UTC", "a sensor or a client", "pumps.1.opened.x"])
      expect(text).toContain(part);
    expect(text).toContain(`https://gate.example.org/alerts/${alert.id}`);
  });

  it("says that it is over", async () => {
    const over = { ...alert, status: "resolved" as const, resolvedAt: "2026-01-01T05:00:00.000Z" };
    const told = { deliveryId: "d", event: "resolved" as const, at: over.resolvedAt };
    await destinations()[0].send(composeMessage(told, over, {}, raisedAt));
    expect(receiver.received()[0]).toMatch(/Resolved: pumps/);
    expect(receiver.received()[0]).toContain("after 5 hours");
  });

  it("asks to be tried again where the receiver cannot take it now", async () => {
    receiver.answer("later");
    expect(await fault()).toMatchObject({ name: "AppError", code: "unavailable", retryable: true });
    expect(receiver.tries()).toBe(1);
  });

  it("gives up where the receiver never takes it", async () => {
    receiver.answer("never");
    expect(await fault()).toMatchObject({ name: "AppError", code: "rejected", retryable: false });
  });

  it("waits for no answer longer than it may", async () => {
    receiver.answer("hang");
    expect(await fault(300)).toMatchObject({ code: "unavailable", message: expect.stringContaining("within 0.3 s") });
  });

  it("asks to be tried again where nobody is there", async () => {
    await receiver.stop();
    expect(await fault()).toMatchObject({ code: "unavailable" });
    receiver = await receivers[name]();
  });

  it("never tells a secret by what it throws", async () => {
    for (const how of ["later", "never", "hang"] as const) {
      receiver.answer(how);
      const { message: words, stack, cause } = await fault(300);
      expect(`${words} ${stack} ${cause}`).not.toContain(secret);
    }
  });
});

describe("several addresses", () => {
  it("are each a destination, which has the same name wherever it stands", () => {
    const url = (list: string) => readDestinations({ TIDEGATE_SLACK_URL: list }).destinations.map(({ id }) => id);
    const [a, b] = url("https://a.example.org/1, https://b.example.org/2");
    expect(url("https://b.example.org/2,https://a.example.org/1,")).toEqual([b, a]);
    expect(a).not.toBe(b);
  });

  it("that are the same are one", () => {
    const list = "https://a.example.org/1,https://a.example.org/1";
    expect(readDestinations({ TIDEGATE_TEAMS_URL: list }).destinations).toHaveLength(1);
  });
});

describe("a wrong setting", () => {
  const mail = { TIDEGATE_SMTP_URL: "smtp://m.example.org", TIDEGATE_ALERT_EMAIL_FROM: "a@b.org" };
  it.each([
    [{ TIDEGATE_SLACK_URL: "http://slack.example.org/x" }, "TIDEGATE_SLACK_URL: addresses that begin with https://"],
    [{ TIDEGATE_WEBHOOK_URL: "https://x.org" }, "TIDEGATE_WEBHOOK_SECRET: it is needed with TIDEGATE_WEBHOOK_URL"],
    [{ TIDEGATE_WEBHOOK_SECRET: "short" }, "TIDEGATE_WEBHOOK_SECRET: at least 16 characters"],
    [{ TIDEGATE_TEAMS_URL: `ftp://x.org/${secret}` }, "TIDEGATE_TEAMS_URL: addresses that begin with https://"],
    [{ ...mail, TIDEGATE_SMTP_URL: `http://u:${secret}@x` }, "TIDEGATE_SMTP_URL: an address such as smtps://"],
    [mail, "TIDEGATE_ALERT_EMAIL_TO: it is missing"],
    [{ ...mail, TIDEGATE_ALERT_EMAIL_TO: "a@b.org, nobody" }, "TIDEGATE_ALERT_EMAIL_TO: mail addresses such as"],
  ])("is named with its reason and without its value: %#", (env, reason) => {
    const { faults } = readDestinations(env);
    expect(faults).toEqual([expect.stringContaining(reason)]);
    expect(faults.join()).not.toContain(secret);
  });
});

describe("a webhook", () => {
  const key = { TIDEGATE_WEBHOOK_SECRET: secret };
  let server: WebReceiver;
  beforeEach(async () => {
    server = await WebReceiver.start();
  });
  afterEach(() => server.stop());
  const send = () =>
    readDestinations({ TIDEGATE_WEBHOOK_URL: `${server.url}/x`, ...key }).destinations[0].send(message());

  it("is signed over its time and its body", async () => {
    await send();
    const [{ headers, body }] = server.posts;
    const expected = createHmac("sha256", secret).update(`${headers["x-tidegate-timestamp"]}.${body}`).digest("hex");
    expect(headers["x-tidegate-signature"]).toBe(`sha256=${expected}`);
    expect(headers["x-tidegate-delivery"]).toBe("pumps.1.opened.x");
    expect(Number(headers["x-tidegate-timestamp"])).toBe(raisedAt.getTime() / 1000);
  });

  it("speaks the common alert schema", async () => {
    await send();
    expect(JSON.parse(server.posts[0].body)).toMatchObject({
      schemaId: "azureMonitorCommonAlertSchema",
      data: {
        essentials: {
          alertId: alert.id,
          alertRule: "input-drift",
          severity: "Sev2",
          monitorCondition: "Fired",
          alertTargetIDs: ["pumps"],
          firedDateTime: "2026-01-01T00:00:00.000Z",
          description: hostile,
          essentialsVersion: "1.0",
        },
        alertContext: { evidence: { version: 3 } },
      },
    });
  });

  it("follows no redirect, wherever that leads", async () => {
    const elsewhere = await WebReceiver.start();
    server.status = 307;
    server.headers = { location: elsewhere.url };
    await expect(send()).rejects.toMatchObject({ code: "rejected", message: expect.stringContaining("redirect") });
    expect(elsewhere.posts).toEqual([]);
    await elsewhere.stop();
  });

  it("waits as long as its receiver asks", async () => {
    server.status = 429;
    server.headers = { "retry-after": "17" };
    await expect(send()).rejects.toMatchObject({ code: "unavailable", retryAfterSeconds: 17 });
  });
});

describe("what callers wrote", () => {
  it("is text in Slack and never a link or a call", async () => {
    const server = await WebReceiver.start();
    const [slack] = readDestinations({ TIDEGATE_SLACK_URL: server.url }).destinations;
    await slack.send(message());
    expect(server.posts[0].body).toContain("&lt;https://evil.example|click&gt;");
    await server.stop();
  });
});
