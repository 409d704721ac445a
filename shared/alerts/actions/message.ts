import { z } from "zod";
import type { ActionResult, AlertAction } from "./action";

const settings = {
  /** in the app's storage account; it must exist */
  queue: z
    .string()
    .regex(
      /^[a-z0-9](?!.*--)[a-z0-9-]{1,61}[a-z0-9]$/,
      "the name of a storage queue is needed: 3 to 63 of a-z, 0-9 and -",
    ),
};

type MessageSettings = z.infer<z.ZodObject<typeof settings>>;

export interface MessageParts {
  sendMessage(queue: string, message: object): Promise<void>;
}

/** Puts a message with the alert on a queue of the user's. */
export const message = {
  kind: "message",
  settings,
  cooldownHours: 0,
  async run(parts, { id, subject, rule, severity, summary, raisedAt, evidence }, { queue }): Promise<ActionResult> {
    await parts.sendMessage(queue, { id, subject, rule, severity, summary, raisedAt, evidence });
    return { outcome: "done", words: `put a message on the queue ${queue}` };
  },
} satisfies AlertAction<MessageSettings, MessageParts>;
