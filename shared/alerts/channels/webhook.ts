import { z } from "zod";
import { webAddresses } from "./addressList";
import type { Address, Channel } from "./channel";
import { commonAlert } from "./commonAlert";
import { postJson } from "./postJson";
import { signedHeaders } from "./signedHeaders";

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
    return postJson(url, body, signedHeaders(message.deliveryId, message.sentAt, body, secret), limitMs);
  },
} as const satisfies Channel<WebhookTarget>;
