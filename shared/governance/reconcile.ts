import { receiveDataset } from "../data/receiveDataset";
import type { RegisterDatasetPorts } from "../data/registerDataset";
import { type RegisterUploadPorts, registerUpload, rejectUpload } from "../registry/registerUpload";
import { isFinal, type RunRecord, trainingQueues } from "../training/runRecord";
import type { StartRunPorts } from "../training/startRun";
import { sendTrials, trialsIn } from "../training/trainCandidate";
import type { Usecase } from "../usecase/loadUsecases";
import { datasetsInbox, modelsInbox, placeInInbox } from "./inboxes";

export type ReconcilePorts = RegisterDatasetPorts & StartRunPorts & RegisterUploadPorts;

/** a run whose newest step is older than this has lost a message */
const stuckAfterMs = 15 * 60_000;

/**
 * Repairs what triggers missed: files in the inboxes that were never seen, among them those that lie where no trigger looks, and runs
 * that stand still. Returns a line for each repair.
 */
export async function reconcile(ports: ReconcilePorts): Promise<string[]> {
  const datasets = await receiveMissed(ports, datasetsInbox, async ({ folder, file }, bytes) => {
    const outcome = await receiveDataset(ports, { usecase: folder, file, bytes });
    return { ...outcome, isNews: outcome.status === "rejected" || outcome.created };
  });
  const models = await receiveMissed(ports, modelsInbox, async ({ folder, file }, bytes) => {
    const upload = { model: folder, file, bytes };
    const outcome = file.endsWith(".onnx")
      ? await registerUpload(ports, upload)
      : await rejectUpload(ports, upload, "the file's name must end in .onnx");
    return { ...outcome, isNews: outcome.status === "rejected" || outcome.created };
  });
  return [...datasets, ...models, ...(await wakeStuckRuns(ports))];
}

type Receive = (
  place: ReturnType<typeof placeInInbox>,
  bytes: Uint8Array,
) => Promise<{ status: string; isNews: boolean }>;

/** Each blob once in the state that its entity tag names. */
async function receiveMissed(ports: ReconcilePorts, inbox: string, receive: Receive): Promise<string[]> {
  const lines: string[] = [];
  for await (const { name, lastModified, etag } of ports.blobs.list(inbox)) {
    const ageMs = ports.clock.now().getTime() - lastModified.getTime();
    const path = `${inbox}/${name}`;
    if (ageMs < stuckAfterMs || (await ports.datasets.isReconciled(path, etag))) continue;
    const bytes = await ports.blobs.read(inbox, name);
    if (bytes === undefined) continue;
    const { status, isNews } = await receive(placeInInbox(name), bytes);
    await ports.datasets.markReconciled(path, etag);
    if (isNews) lines.push(`looked again at ${name}: ${status}`);
  }
  return lines;
}

async function wakeStuckRuns(ports: ReconcilePorts): Promise<string[]> {
  const lines: string[] = [];
  for (const usecase of ports.usecases.values())
    for (const run of await ports.runs.list(usecase.spec.name)) {
      if (isFinal(run.status)) continue;
      const since = (await ports.runs.lastStepAt(run.id)) ?? new Date(run.requestedAt);
      if (ports.clock.now().getTime() - since.getTime() < stuckAfterMs) continue;
      await wake(ports, run, usecase);
      lines.push(`woke run ${run.id}, which had stood still as ${run.status}`);
    }
  return lines;
}

/** Every step may run twice, so all that could be missing is sent again. */
async function wake({ queues, runs }: StartRunPorts, run: RunRecord, usecase: Usecase): Promise<void> {
  if (run.status === "queued") return queues.send(trainingQueues.plan, { runId: run.id });
  const plan = await runs.plan(run.id);
  for (let rung = 0; run.status === "training" && rung < plan.rungs.length; rung++) {
    const trials = await trialsIn(runs, usecase, plan, rung);
    if ((await runs.trialsDone(run.id, rung)) < trials.length)
      return sendTrials({ queues, runs }, run.id, rung, trials);
  }
  await queues.send(trainingQueues.finish, { runId: run.id });
}
