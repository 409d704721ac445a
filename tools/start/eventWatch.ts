import { setTimeout as delay } from "node:timers/promises";
import type { Alert } from "../../shared/governance/alert";
import type { InboxEntry } from "../../shared/governance/listInbox";
import { isFinal, type RunRecord } from "../../shared/training/runRecord";
import { verdictLines } from "../drop/verdictLines";
import type { TidegateClient } from "./tidegateClient";

const pollMs = 2_000;
const shownFaults = 3;

/** Something that happened: `key` is new with each happening. */
interface Event {
  key: string;
  lines(): Promise<string[]> | string[];
}

/** Tells of each dropped file that is judged, each run that ends, and each alert that is raised or resolved, from now on. */
export class EventWatch {
  private readonly stopping = new AbortController();
  private known?: Set<string>;

  constructor(
    private readonly client: TidegateClient,
    private readonly print: (line: string) => void,
  ) {}

  /** Resolves once what has happened already is known; goes on until stopped. */
  async start(): Promise<void> {
    await this.look().catch(() => undefined);
    void this.follow();
  }

  stop(): void {
    this.stopping.abort();
  }

  private async follow(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      await delay(pollMs, undefined, { signal }).catch(() => undefined);
      // while the functions restart nobody answers: what happens meanwhile is told afterwards
      if (!signal.aborted) await this.look().catch(() => undefined);
    }
  }

  private async look(): Promise<void> {
    const events = await readEvents(this.client);
    const known = this.known;
    this.known = new Set(events.map(({ key }) => key));
    if (known === undefined) return;
    for (const event of events.filter(({ key }) => !known.has(key)))
      for (const line of await event.lines()) this.print(line);
  }
}

/** What the newest files, runs and alerts tell, oldest first. */
async function readEvents(client: TidegateClient): Promise<Event[]> {
  const [{ files }, { runs }, { alerts }] = await Promise.all([
    client.require<{ files: InboxEntry[] }>("/inbox?limit=200"),
    client.require<{ runs: RunRecord[] }>("/runs?limit=200"),
    client.require<{ alerts: Alert[] }>("/alerts?limit=200"),
  ]);
  return [
    ...files.toReversed().flatMap((entry) => fileEvent(client, entry)),
    ...runs.toReversed().flatMap(runEvent),
    ...alerts.toReversed().flatMap(alertEvents),
  ];
}

function fileEvent(client: TidegateClient, entry: InboxEntry): Event[] {
  if (entry.judgedAt === undefined) return [];
  const key = `file ${entry.inbox} ${entry.folder}/${entry.file} ${entry.judgedAt}`;
  const lines = async () => {
    const [first, ...more] = await verdictLines(client, entry);
    const left = more.length - shownFaults;
    return [first, ...more.slice(0, shownFaults), ...(left > 0 ? [`  and ${left} lines more: npm run status`] : [])];
  };
  return [{ key, lines }];
}

function runEvent({ id, status, message, version, promoted }: RunRecord): Event[] {
  if (!isFinal(status)) return [];
  const hasNew = status === "succeeded" && version !== undefined;
  const outcome = !hasNew ? "" : `: version ${version} ${promoted ? "is champion" : "was not promoted"}`;
  const reason = status === "succeeded" || message === undefined ? "" : `: ${message}`;
  return [{ key: `run ${id} ${status}`, lines: () => [`run ${id} ${ended(status)}${outcome}${reason}`] }];
}

function ended(status: RunRecord["status"]): string {
  return status === "unchanged" ? "ended without a new model" : status;
}

function alertEvents({ id, subject, rule, status, summary, closedBy }: Alert): Event[] {
  const raised = { key: `alert ${id}`, lines: () => [`alert on ${subject} (${rule}): ${summary}`] };
  if (status === "open") return [raised];
  const end = closedBy === undefined ? "is over" : `was closed by ${closedBy}`;
  return [raised, { key: `alert ${id} ended`, lines: () => [`the alert on ${subject} (${rule}) ${end}`] }];
}
