import tls from "node:tls";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { newAlert } from "../../../../shared/alerts/alert";
import { readDestinations } from "../../../../shared/alerts/channels/registry";
import { composeMessage } from "../../../../shared/alerts/message/composeMessage";
import { MailServer, mailServerCertificate } from "../../../support/mailServer";

const raisedAt = new Date("2026-01-01T00:00:00Z");
const login = { user: "tide gate@example.org", password: "p:a/s?s#1@x" };
const told = { deliveryId: "pumps.1.opened.x", event: "opened" as const, at: raisedAt.toISOString() };
const alert = newAlert(
  { subject: "pumps", rule: "input-drift", severity: "error", summary: "moved", evidence: {} },
  raisedAt,
);

let server: MailServer | undefined;
afterEach(async () => {
  await server?.stop();
  server = undefined;
});

/** As NODE_EXTRA_CA_CERTS does for a process that is yet to start. */
beforeAll(() => tls.setDefaultCACertificates([...tls.getCACertificates("default"), mailServerCertificate]));

function send(url: string, to = "ops@example.org", limitMs?: number): Promise<unknown> {
  const env = { TIDEGATE_SMTP_URL: url, TIDEGATE_ALERT_EMAIL_FROM: "gate@example.org", TIDEGATE_ALERT_EMAIL_TO: to };
  const { destinations, faults } = readDestinations(env, limitMs);
  expect(faults).toEqual([]);
  const message = composeMessage(told, alert, {}, raisedAt);
  return Promise.all(destinations.map((one) => one.send(message)));
}

describe("a mail", () => {
  it.each([
    ["TLS from the first byte", { secure: true, login }, true],
    ["STARTTLS", { startTls: true, login }, true],
    ["plain text on this machine", { login }, false],
    ["no login", {}, false],
  ])("goes by %s", async (_how, options, secure) => {
    server = await MailServer.start(options);
    await send(server.url);
    expect(server.mailbox).toEqual([expect.objectContaining({ secure })]);
    expect(server.mailbox[0].user).toBe("login" in options ? login.user : undefined);
  });

  it("does not go where the server's certificate is not trusted", async () => {
    server = await MailServer.start({ secure: true, login });
    await expect(send(server.url.replace("127.0.0.1", "127.0.0.2"))).rejects.toMatchObject({ code: "unavailable" });
    expect(server.mailbox).toEqual([]);
  });

  it("goes to each address by itself, as one conversation an alert", async () => {
    server = await MailServer.start();
    await send(server.url, "a@example.org,b@example.org");
    expect(server.mailbox.map(({ recipients }) => recipients).sort()).toEqual([["a@example.org"], ["b@example.org"]]);
    expect(server.mailbox[0]).toMatchObject({
      messageId: "<pumps.1.opened.x@tidegate>",
      references: `<${alert.id}@tidegate>`,
      subject: "Error: pumps: moved",
      from: { name: "Tidegate", address: "gate@example.org" },
    });
    expect(server.mailbox[0].text).toContain("What to do: ");
    expect(server.mailbox[0].html).toContain("<b>What to do</b>");
  });

  it("is refused for good where the login is wrong, and the reason tells neither name nor password", async () => {
    server = await MailServer.start({ login });
    const wrong = server.url.replace(encodeURIComponent(login.password), "guess-1234");
    const fault = await send(wrong).then(
      () => undefined,
      (error: Error) => error,
    );
    expect(fault).toMatchObject({ code: "rejected", message: expect.stringContaining("535") });
    expect(fault?.message).not.toMatch(/guess-1234|tide gate/);
  });

  it("is not given up because its server is slow", async () => {
    server = await MailServer.start();
    server.answer = "hang";
    const sending = send(server.url);
    await expect.poll(() => server?.tries).toBe(1);
    server.release();
    await sending;
    expect(server.mailbox).toHaveLength(1);
  });
});
