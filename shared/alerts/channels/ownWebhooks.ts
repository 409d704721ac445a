import { z } from "zod";
import { AppError } from "../../errors";
import type { Alert } from "../alert";
import { splitList, webAddresses } from "./addressList";
import { postJson } from "./postJson";
import { signedHeaders } from "./signedHeaders";

/** The webhooks that actions may call: the name that policies use, and the address. */
export interface OwnWebhooks {
  urls: ReadonlyMap<string, string>;
  secret?: string;
}

const limitMs = 20_000;
const pairNeeded = "names and addresses are needed, as in runbook=https://example.com/run, split at commas";

/** The setting TIDEGATE_ACTION_WEBHOOKS; its addresses are as those of channels. */
export const ownWebhookUrls = z
  .string()
  .transform((text, context) => {
    const pairs = splitList(text).map((entry) => /^([a-z][a-z0-9-]*)=(.+)$/.exec(entry));
    const names = new Set(pairs.map((pair) => pair?.[1]));
    const urls = pairs.map((pair) => pair?.[2] ?? "").join(",");
    if (pairs.some((pair) => pair === null) || names.size !== pairs.length || !webAddresses.safeParse(urls).success) {
      context.issues.push({ code: "custom", message: pairNeeded, input: undefined });
      return z.NEVER;
    }
    return new Map(pairs.map((pair) => [String(pair?.[1]), String(pair?.[2])]));
  })
  .default(new Map());

/**
 * Posts an alert to the webhook of that name, signed as messages to channels are; its id is that of the delivery.
 * AppError invalid_input where no setting names it, unavailable or rejected as the receiver answered.
 */
export async function callOwnWebhook(
  { urls, secret }: OwnWebhooks,
  name: string,
  alert: Alert,
  at: Date,
): Promise<void> {
  const url = urls.get(name);
  if (url === undefined)
    throw new AppError("invalid_input", `no webhook is called "${name}": name it in TIDEGATE_ACTION_WEBHOOKS`);
  const { id, subject, rule, severity, summary, raisedAt, evidence } = alert;
  const body = JSON.stringify({ id, subject, rule, severity, summary, raisedAt, evidence });
  const headers = secret === undefined ? {} : signedHeaders(`${id}-${name}`, at, body, secret);
  await postJson(url, body, headers, limitMs);
}
