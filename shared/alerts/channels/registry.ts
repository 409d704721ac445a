import { createHash } from "node:crypto";
import { z } from "zod";
import { inputFaults } from "../../inputFaults";
import type { AlertMessage } from "../message/alertMessage";
import type { Address, Channel } from "./channel";
import { email } from "./email";
import { slack } from "./slack";
import { teams } from "./teams";
import { webhook } from "./webhook";

/** Every channel that alerts are told by. */
const registered = [email, webhook, slack, teams] as const;

export const channels = registered as unknown as readonly Channel[];

const least = z.enum(["info", "warning", "error", "none"]).default("warning");

type ChannelName = (typeof registered)[number]["name"];

/** A spec's `channels`: the least severity that is told by each; "none" tells nothing. */
export const channelsSpec = z.strictObject(
  Object.fromEntries(channels.map(({ name }) => [name, least])) as Record<ChannelName, typeof least>,
);

export type ChannelPolicies = z.infer<typeof channelsSpec>;

/** An address of a channel that is set up. */
export interface Destination {
  /** `{channel}-{hash of the address}`: the same wherever the address stands in its setting */
  id: string;
  channel: ChannelName;
  /** how people see the address, without secrets */
  label: string;
  /** as `Channel.send` */
  send(message: AlertMessage): Promise<void>;
}

/** Longest that one message to one address may take. */
export const sendLimitMs = 20_000;

/**
 * Every address that the app settings name, or what is wrong with a setting, in words; a fault never repeats a value.
 */
export function readDestinations(
  env: Record<string, string | undefined>,
  limitMs = sendLimitMs,
): { destinations: Destination[]; faults: string[] } {
  const destinations = new Map<string, Destination>();
  const faults: string[] = [];
  for (const channel of channels) {
    const read = channel.settings.safeParse(env);
    if (!read.success)
      faults.push(...inputFaults(read.error.issues).map(({ path: name, message }) => `${name}: ${message}`));
    else
      for (const target of read.data) {
        const one = destinationOf(channel, target, limitMs);
        destinations.set(one.id, one);
      }
  }
  return { destinations: [...destinations.values()], faults };
}

function destinationOf(channel: Channel, target: Address, limitMs: number): Destination {
  const id = `${channel.name}-${createHash("sha256").update(target.key).digest("hex").slice(0, 8)}`;
  const send = (message: AlertMessage) => channel.send(message, target, limitMs);
  return { id, channel: channel.name as ChannelName, label: target.label, send };
}
