import { z } from "zod";
import { inboxes } from "../inbox/inboxes";
import { entityName } from "../names";
import { type FailRunPorts, failRun } from "../training/failRun";
import { type GiveUpPorts, giveUpFile } from "./receiveFile";

export type PoisonPorts = FailRunPorts & GiveUpPorts;

const runMessage = z.object({ runId: z.string() });
const blobMessage = z.object({ FunctionId: z.string(), ContainerName: z.string(), BlobName: z.string() });

/**
 * A message that failed too often: its run ends as failed, its file is rejected, and an alert names what was given up.
 */
export async function handlePoison(ports: PoisonPorts, queue: string, message: unknown): Promise<void> {
  const run = runMessage.safeParse(message);
  const blob = blobMessage.safeParse(message);
  if (run.success) await failKnownRun(ports, run.data.runId, queue);
  if (blob.success) await rejectFile(ports, blob.data.ContainerName, blob.data.BlobName);
  const what = run.success
    ? `run ${run.data.runId}`
    : blob.success
      ? `blob ${blob.data.ContainerName}/${blob.data.BlobName}`
      : "a message of an unknown shape";
  await ports.alerts.raise({
    subject: subjectOf(run.data?.runId, blob.data?.BlobName),
    rule: `poison-${queue}`,
    severity: "error",
    summary: `${what} failed too often in ${queue} and was given up; the log has the reason for each attempt`,
    evidence: { queue, ...run.data, ...blob.data },
  });
}

async function failKnownRun(ports: PoisonPorts, runId: string, queue: string): Promise<void> {
  const known = await ports.runs.find(runId);
  if (known) await failRun(ports, runId, `a step failed too often in the queue ${queue}`);
}

async function rejectFile(ports: PoisonPorts, inbox: string, name: string): Promise<void> {
  if (!inboxes.includes(inbox)) return;
  const bytes = await ports.blobs.read(inbox, name);
  const droppedAt = (await ports.blobs.stat(inbox, name))?.lastModified;
  if (bytes !== undefined) await giveUpFile(ports, { inbox, name, bytes, droppedAt });
}

function subjectOf(runId: string | undefined, blobName: string | undefined): string {
  const name = runId?.split(".", 1)[0] ?? blobName?.split("/", 1)[0];
  return name !== undefined && entityName.test(name) ? name : "tidegate";
}
