import { createHmac } from "node:crypto";
import { z } from "zod";
import type { AlertMessage } from "../message/alertMessage";
import { webAddresses } from "./addressList";
import type { Address, Channel } from "./channel";
import { commonAlert } from "./commonAlert";
import { postJson } from "./postJson";

interface WebhookTarget extends Address {
  url: string;
  secret: string;
}

const settings = z
  .object({
    TIDEGATE_WEBHOOK_URL: webAddresses.default([]),
    TIDEGATE_WEBHOOK_SECRET: z.string().min(16, "at least 16 characters are needed").optional(),
  })
  .transform(({ TIDEGATE_WEBHOOK_URL: urls, TIDEGATE_WEBHOOK_SECRET: secret }, context): WebhookTarget[] => {
    if (urls.length === 0) return [];
    if (secret !== undefined) return urls.map((url) => ({ key: url, label: new URL(url).host, url, secret }));
    const message = "it is needed with TIDEGATE_WEBHOOK_URL: messages are signed with it";
    context.issues.push({ code: "custom", path: ["TIDEGATE_WEBHOOK_SECRET"], message, input: secret });
    return z.NEVER;
  });

/** Posts alerts in Azure's common alert schema, signed. */
export const webhook = {
  name: "webhook",
  settings,
  send(message, { url, secret }, limitMs) {
    const body = JSON.stringify(commonAlert(message));
    const timestamp = Math.floor(message.sentAt.getTime() / 1000);
    return postJson(url, body, signedHeaders(message, timestamp, body, secret), limitMs);
  },
} as const satisfies Channel<WebhookTarget>;

/** The signature covers the time and the body: neither can be changed, and an old message is known by its time. */
function signedHeaders({ deliveryId }: AlertMessage, timestamp: number, body: string, secret: string) {
  const signature = createHmac("sha256", secret).update(`${timestamp}.${body}`).digest("hex");
  return {
    "x-tidegate-delivery": deliveryId,
    "x-tidegate-timestamp": String(timestamp),
    "x-tidegate-signature": `sha256=${signature}`,
  };
}
