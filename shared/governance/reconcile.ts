import { receiveDataset } from "../data/receiveDataset";
import type { RegisterDatasetPorts } from "../data/registerDataset";
import { isFinal, type RunRecord, trainingQueues } from "../training/runRecord";
import type { StartRunPorts } from "../training/startRun";
import { sendTrials, trialsIn } from "../training/trainCandidate";
import type { Usecase } from "../usecase/loadUsecases";

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
