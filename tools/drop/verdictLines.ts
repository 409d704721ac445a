import type { DatasetVersion, RejectedDataset } from "../../shared/data/datasetRegistry";
import { datasetsInbox, feedbackInbox } from "../../shared/inbox/inboxes";
import type { InboxEntry } from "../../shared/inbox/listInbox";
import type { LocalCommands } from "../start/localCommands";
import type { TidegateClient } from "../start/tidegateClient";

/** The outcome for a dropped file, in lines: the first one is the summary. */
export function verdictLines(
  client: TidegateClient,
  entry: InboxEntry,
  commands: LocalCommands,
): Promise<string[]> | string[] {
  if (entry.inbox === feedbackInbox) return feedbackVerdict(entry);
  if (entry.inbox !== datasetsInbox) return modelVerdict(entry);
  return entry.status === "accepted" ? acceptedDataset(client, entry, commands) : rejectedDataset(client, entry);
}

function modelVerdict({ folder, file, status, version, created, reason }: InboxEntry): string[] {
  if (status !== "accepted") return [`${folder}/${file} was refused: ${reason}`];
  if (!created) return [`${folder}/${file} is already ${folder} version ${version}`];
  return [
    `${folder}/${file} was registered as ${folder} version ${version}; it can be called by its number. To promote it:`,
    `  PUT /models/${folder}/aliases/champion {"version":${version},"reason":"...","actor":"your name"}`,
  ];
}

function feedbackVerdict({ folder, file, status, summary, reason }: InboxEntry): string[] {
  return [`${folder}/${file} was ${status === "accepted" ? `taken: ${summary}` : `rejected: ${reason}`}`];
}

async function acceptedDataset(client: TidegateClient, entry: InboxEntry, commands: LocalCommands): Promise<string[]> {
  const { folder, file, version, created, runId } = entry;
  const { datasets } = await lists(client, folder);
  const dataset = datasets.find((one) => one.version === version);
  const rows = dataset ? `, ${dataset.rowCount} rows, ${dataset.labelledRows} of them labelled` : "";
  if (!created) return [`${folder}/${file} is already ${folder} version ${version}${rows}`];
  const notes = (dataset?.notes ?? []).map((note) => `  note: ${note}`);
  const run = runId === undefined ? [] : [`  run ${runId} trains on it; for its progress: ${commands.status}`];
  return [`${folder}/${file} was accepted: ${folder} version ${version}${rows}`, ...notes, ...run];
}

async function rejectedDataset(client: TidegateClient, entry: InboxEntry): Promise<string[]> {
  const { folder, file, sha256, reason } = entry;
  const { rejected } = await lists(client, folder);
  const { reasons, reasonCount } = rejected.find((one) => one.sha256 === sha256 && one.file === file) ?? {
    reasons: [{ message: reason ?? "no reason was given" }],
    reasonCount: 1,
  };
  const more = reasonCount > reasons.length ? [`  and ${reasonCount - reasons.length} more`] : [];
  const count = reasonCount === 1 ? "1 fault" : `${reasonCount} faults`;
  return [`${folder}/${file} was rejected, ${count}:`, ...reasons.map(({ message }) => `  ${message}`), ...more];
}

/** Empty for an unknown use case. */
async function lists(client: TidegateClient, usecase: string) {
  const path = `/datasets?limit=1000&usecase=${encodeURIComponent(usecase)}`;
  const none = { datasets: [], rejected: [] };
  return (await client.get<{ datasets: DatasetVersion[]; rejected: RejectedDataset[] }>(path)) ?? none;
}
