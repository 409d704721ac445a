import { z } from "zod";
import { type RegisterDatasetPorts, rejectDataset } from "../data/registerDataset";
import type { ModelRegistry } from "../registry/modelRegistry";
import { rejectUpload } from "../registry/registerUpload";
import { type FailRunPorts, failRun } from "../training/failRun";
import { datasetsInbox, modelsInbox, placeInInbox } from "./inboxes";

export type PoisonPorts = FailRunPorts & Omit<RegisterDatasetPorts, "sql"> & { registry: ModelRegistry };

const runMessage = z.object({ runId: z.string() });
const blobMessage = z.object({ FunctionId: z.string(), ContainerName: z.string(), BlobName: z.string() });

/** A message that failed too often: its run ends as failed, its file is rejected, and an alert names what was given up. */
export async function handlePoison(ports: PoisonPorts, queue: string, message: unknown): Promise<void> {
  const run = runMessage.safeParse(message);
  const blob = blobMessage.safeParse(message);
  if (run.success) await failKnownRun(ports, run.data.runId, queue);
  if (blob.success) await rejectFile(ports, blob.data.ContainerName, blob.data.BlobName);
  const what = run.success
    ? `run ${run.data.runId}`
    : blob.success
      ? `blob ${blob.data.ContainerName}/${blob.data.BlobName}`
      : "a message of unknown shape";
  await ports.alerts.raise({
    subject: subjectOf(run.data?.runId, blob.data?.BlobName),
    rule: `poison-${queue}`,
    severity: "error",
    summary: `${what} failed too often in ${queue} and was given up; the log has the reason of each attempt`,
    evidence: { queue, ...run.data, ...blob.data },
  });
}

async function failKnownRun(ports: PoisonPorts, runId: string, queue: string): Promise<void> {
  const known = await ports.runs.find(runId);
  if (known) await failRun(ports, runId, `a step failed too often in the queue ${queue}`);
}

async function rejectFile(ports: PoisonPorts, container: string, name: string): Promise<void> {
  const bytes = await ports.blobs.read(container, name);
  if (bytes === undefined) return;
  const { folder, file } = placeInInbox(name);
  const message = "it could not be worked on, however often it was tried; the log has the reason of each attempt";
  if (container === datasetsInbox) await rejectDataset(ports, { usecase: folder, file, bytes }, [{ message }]);
  if (container === modelsInbox) await rejectUpload(ports, { model: folder, file, bytes }, message);
}

function subjectOf(runId: string | undefined, blobName: string | undefined): string {
  const name = runId?.split(".", 1)[0] ?? blobName?.split("/", 1)[0];
  return name !== undefined && /^[a-z][a-z0-9-]{0,62}$/.test(name) ? name : "tidegate";
}
