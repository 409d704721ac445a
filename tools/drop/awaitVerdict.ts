import { setTimeout as delay } from "node:timers/promises";
import type { InboxEntry } from "../../shared/inbox/listInbox";
import type { LocalCommands } from "../start/localCommands";
import type { TidegateClient } from "../start/tidegateClient";

/** A dropped file. */
export interface Dropped {
  inbox: string;
  folder: string;
  file: string;
  sha256: string;
}

const pollMs = 250;
const limitMs = 10 * 60_000;

/** When the file at this place was last checked, if ever: a new verdict has a different time. */
export async function lastJudgedAt(client: TidegateClient, dropped: Dropped): Promise<string | undefined> {
  return (await find(client, dropped))?.judgedAt;
}

/**
 * Waits for a verdict on the dropped bytes with a time other than `before`; throws if there is none after ten minutes.
 */
export async function awaitVerdict(
  client: TidegateClient,
  dropped: Dropped,
  before: string | undefined,
  commands: LocalCommands,
): Promise<InboxEntry> {
  const deadline = performance.now() + limitMs;
  let reason: string | undefined;
  while (performance.now() < deadline) {
    const entry = await find(client, dropped);
    const isJudged = entry !== undefined && entry.status !== "pending" && entry.judgedAt !== before;
    if (isJudged && entry.sha256 === dropped.sha256) return entry;
    reason = entry?.reason;
    await delay(pollMs);
  }
  const why = reason === undefined ? "" : `; the last attempt failed: ${reason}`;
  throw new Error(
    `there was no verdict within ten minutes${why}; see ${commands.status}, and host.log in the state folder`,
  );
}

async function find(client: TidegateClient, { inbox, folder, file }: Dropped): Promise<InboxEntry | undefined> {
  const kind = inbox.replace(/-inbox$/, "");
  const query = `inbox=${kind}&folder=${encodeURIComponent(folder)}&limit=1000`;
  const { files } = await client.require<{ files: InboxEntry[] }>(`/inbox?${query}`);
  return files.find((entry) => entry.folder === folder && entry.file === file);
}
