import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readDestinations } from "../../../shared/alerts/channels/registry";
import { deliveryMessage } from "../../../shared/alerts/deliveries/deliveryQueue";
import { planDeliveries } from "../../../shared/alerts/deliveries/planDeliveries";
import { tryDelivery } from "../../../shared/alerts/deliveries/tryDelivery";
import { Loop, shippedSpec } from "../../support/loop";
import { MailServer } from "../../support/mailServer";

const usecase = "coffee-grade";
let loop: Loop;
let mail: MailServer;
beforeAll(async () => {
  const spec = { ...shippedSpec(usecase), candidates: [{ learner: "logistic-regression", grid: { l2: [1] } }] };
  [loop, mail] = await Promise.all([Loop.start(spec), MailServer.start()]);
  await loop.drop(usecase, readFileSync(`models/${usecase}/sample.csv`));
  await loop.drain();
});
afterAll(async () => {
  await loop?.stop();
  await mail?.stop();
});

/** Sends what waits in the queue of deliveries to the mail server. */
async function deliver(): Promise<void> {
  const { destinations } = readDestinations({
    TIDEGATE_SMTP_URL: mail.url,
    TIDEGATE_ALERT_EMAIL_FROM: "gate@example.org",
    TIDEGATE_ALERT_EMAIL_TO: "ops@example.org",
  });
  const ports = { ...loop.app, destinations };
  await loop.take("deliveries", async (message) => {
    const one = deliveryMessage.parse(message);
    if ("announcement" in one) await planDeliveries(ports, one.announcement);
    else await tryDelivery(ports, one.delivery);
  });
}

async function raise(features: string[]): Promise<void> {
  const now = loop.clock.now();
  const window = { windowStart: new Date(now.getTime() - 3_600_000).toISOString(), windowEnd: now.toISOString() };
  const evidence = { version: 1, ...window, targetRows: 40, features };
  await loop.app.alerts.raise({
    subject: usecase,
    rule: "input-drift",
    severity: "warning",
    summary: "moved",
    evidence,
  });
}

describe("the mail about inputs that moved", () => {
  it("has a picture of the feature, as training saw it and as it was captured", async () => {
    const [feature] = shippedSpec(usecase).features;
    const { example } = shippedSpec(usecase);
    await loop.score(usecase, new Array(40).fill(example));
    await loop.app.capture?.flush();
    await raise([feature]);
    await deliver();
    const [{ attachments, html }] = mail.mailbox;
    expect(attachments).toMatchObject([{ mimeType: "image/png", contentId: "<picture@tidegate>" }]);
    expect(html).toContain(`alt="${feature}`);
    expect(html).toContain('src="cid:picture@tidegate"');
  });

  it("goes without one where it cannot be drawn, or is over", async () => {
    await loop.app.alerts.resolve(usecase, "input-drift");
    loop.passHours(1);
    await raise(["no such feature"]);
    await deliver();
    expect(mail.mailbox.map(({ subject, attachments }) => [subject?.split(":")[0], attachments.length])).toEqual([
      ["Warning", 1],
      ["Resolved", 0],
      ["Warning", 0],
    ]);
  });
});
