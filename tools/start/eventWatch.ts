import { setTimeout as delay } from "node:timers/promises";
import type { Alert } from "../../shared/alerts/alert";
import type { InboxEntry } from "../../shared/inbox/listInbox";
import type { ModelVersion } from "../../shared/registry/modelVersion";
import { notShownBetterText } from "../../shared/registry/notShownBetter";
import { isFinal, type RunRecord } from "../../shared/training/runRecord";
import { verdictLines } from "../drop/verdictLines";
import type { LocalCommands } from "./localCommands";
import { NewEvents, type TimedEvent } from "./newEvents";
import type { TidegateClient } from "./tidegateClient";

const pollMs = 2_000;
const maxDetailLines = 3;

interface Event extends TimedEvent {
  lines(): Promise<string[]> | string[];
}

/** From now on prints each verdict on a dropped file, each run that ends, and each alert that is raised or resolved. */
export class EventWatch {
  private readonly stopping = new AbortController();
  private readonly newEvents = new NewEvents(new Date());

  constructor(
    private readonly client: TidegateClient,
    private readonly commands: LocalCommands,
    private readonly print: (line: string) => void,
  ) {}

  /** Resolves once past events are known; continues until stopped. */
  async start(): Promise<void> {
    await this.read().then(
      (events) => this.newEvents.take(events),
      () => undefined,
    );
    void this.follow();
  }

  stop(): void {
    this.stopping.abort();
  }

  private async follow(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      await delay(pollMs, undefined, { signal }).catch(() => undefined);
      // while the functions restart there is no answer: events of that time are printed afterwards
      if (!signal.aborted) await this.look().catch(() => undefined);
    }
  }

  private async look(): Promise<void> {
    for (const event of this.newEvents.take(await this.read()))
      for (const line of await event.lines()) this.print(line);
  }

  private read(): Promise<Event[]> {
    return readEvents(this.client, this.commands);
  }
}

/** The events of the newest files, runs and alerts, oldest first. */
async function readEvents(client: TidegateClient, commands: LocalCommands): Promise<Event[]> {
  const [{ files }, { runs }, { alerts }] = await Promise.all([
    client.require<{ files: InboxEntry[] }>("/inbox?limit=200"),
    client.require<{ runs: RunRecord[] }>("/runs?limit=200"),
    client.require<{ alerts: Alert[] }>("/alerts?limit=200"),
  ]);
  return [
    ...files.toReversed().flatMap((entry) => fileEvent(client, commands, entry)),
    ...runs.toReversed().flatMap((run) => runEvent(client, run)),
    ...alerts.toReversed().flatMap(alertEvents),
  ];
}

function fileEvent(client: TidegateClient, commands: LocalCommands, entry: InboxEntry): Event[] {
  if (entry.judgedAt === undefined) return [];
  const key = `file ${entry.inbox} ${entry.folder}/${entry.file} ${entry.judgedAt}`;
  const lines = async () => {
    const [summary, ...details] = await verdictLines(client, entry, commands);
    const left = details.length - maxDetailLines;
    const more = left > 0 ? [`  and ${left} more lines: GET /datasets?usecase=${entry.folder}`] : [];
    return [summary, ...details.slice(0, maxDetailLines), ...more];
  };
  return [{ key, at: entry.judgedAt, lines }];
}

function runEvent(client: TidegateClient, run: RunRecord): Event[] {
  const { id, usecase, status, message, version, promoted, finishedAt } = run;
  if (!isFinal(status)) return [];
  const hasVersion = status === "succeeded" && version !== undefined;
  const outcome = !hasVersion ? "" : `: version ${version} ${promoted ? "is champion" : "was not promoted"}`;
  const reason = status === "succeeded" || message === undefined ? "" : `: ${message}`;
  const lines = async () => {
    const registered = hasVersion
      ? await client.get<ModelVersion>(`/models/${usecase}/versions/${version}`)
      : undefined;
    const mark = registered?.notShownBetter ? ` (${notShownBetterText(registered.notShownBetter)})` : "";
    return [`run ${id} ${ended(status)}${outcome}${mark}${reason}`];
  };
  return [{ key: `run ${id} ${status}`, at: finishedAt, lines }];
}

function ended(status: RunRecord["status"]): string {
  return status === "unchanged" ? "ended without a new model" : status;
}

function alertEvents({ id, subject, rule, status, summary, raisedAt, resolvedAt, closedBy }: Alert): Event[] {
  const raised = { key: `alert ${id}`, at: raisedAt, lines: () => [`alert on ${subject} (${rule}): ${summary}`] };
  if (status === "pending" || status === "unconfirmed") return [];
  if (status === "open") return [raised];
  const end = closedBy === undefined ? "was resolved" : `was closed by ${closedBy}`;
  const lines = () => [`the alert on ${subject} (${rule}) ${end}`];
  return [raised, { key: `alert ${id} ended`, at: resolvedAt, lines }];
}
