import { receiveDataset } from "../data/receiveDataset";
import type { RegisterDatasetPorts } from "../data/registerDataset";
import { isFinal, type RunRecord, trainingQueues } from "../training/runRecord";
import type { StartRunPorts } from "../training/startRun";

const inbox = "datasets-inbox";
/** a run whose newest step is older than this has lost a message */
const stuckAfterMs = 15 * 60_000;

/** Repairs what triggers missed: files in the inbox that were never seen, and runs that stand still. Returns a line for each repair. */
export async function reconcile(ports: RegisterDatasetPorts & StartRunPorts): Promise<string[]> {
  return [...(await receiveMissed(ports)), ...(await wakeStuckRuns(ports))];
}

async function receiveMissed(ports: RegisterDatasetPorts & StartRunPorts): Promise<string[]> {
  const lines: string[] = [];
  for await (const { name, lastModified, etag } of ports.blobs.list(inbox)) {
    const [usecase, file, ...rest] = name.split("/");
    const ageMs = ports.clock.now().getTime() - lastModified.getTime();
    if (rest.length > 0 || file === undefined || ageMs < stuckAfterMs) continue;
    if (await ports.datasets.isReconciled(name, etag)) continue;
    const bytes = await ports.blobs.read(inbox, name);
    if (bytes === undefined) continue;
    const outcome = await receiveDataset(ports, { usecase, file, bytes });
    await ports.datasets.markReconciled(name, etag);
    if (outcome.status === "rejected" || outcome.created) lines.push(`looked again at ${name}: ${outcome.status}`);
  }
  return lines;
}

async function wakeStuckRuns(ports: RegisterDatasetPorts & StartRunPorts): Promise<string[]> {
  const lines: string[] = [];
  for (const usecase of ports.usecases.keys())
    for (const run of await ports.runs.list(usecase)) {
      const since = Date.parse(run.startedAt ?? run.requestedAt);
      if (isFinal(run.status) || ports.clock.now().getTime() - since < stuckAfterMs) continue;
      await wake(ports, run);
      lines.push(`woke run ${run.id}, which had stood still as ${run.status}`);
    }
  return lines;
}

/** Every step may run twice, so all that could be missing is sent again. */
async function wake({ queues, runs }: StartRunPorts, run: RunRecord): Promise<void> {
  if (run.status === "queued") return queues.send(trainingQueues.plan, { runId: run.id });
  if (run.status === "finishing") return queues.send(trainingQueues.finish, { runId: run.id });
  for (let trial = 0; trial < (run.trials ?? 0); trial++)
    if (!(await runs.hasTrial(run.id, trial))) await queues.send(trainingQueues.candidate, { runId: run.id, trial });
  if ((await runs.trialsDone(run.id)) >= (run.trials ?? 0)) await queues.send(trainingQueues.finish, { runId: run.id });
}
