import { z } from "zod";
import type { Alert } from "../alert";
import type { ActionResult, AlertAction } from "./action";

const settings = {
  /** which address: a name in the setting TIDEGATE_ACTION_WEBHOOKS */
  name: z.string().regex(/^[a-z][a-z0-9-]*$/, "a name is needed: a-z, 0-9 and -"),
};

type WebhookSettings = z.infer<z.ZodObject<typeof settings>>;

export interface WebhookParts {
  /** Posts the alert to the address of that name; AppError unavailable where it does not answer with 2xx. */
  callWebhook(name: string, alert: Alert): Promise<void>;
}

/** Calls a webhook of the user's: a runbook, a pipeline's dispatch address. */
export const webhook = {
  kind: "webhook",
  settings,
  cooldownHours: 0,
  async run(parts, alert, { name }): Promise<ActionResult> {
    await parts.callWebhook(name, alert);
    return { outcome: "done", words: `called the webhook "${name}"` };
  },
} satisfies AlertAction<WebhookSettings, WebhookParts>;
