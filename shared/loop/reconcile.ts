import { reportFailures } from "../alerts/failureAlert";
import { isEnvironmental, messageOf } from "../errors";
import { describedModel, inboxes, modelsInbox, placeInInbox } from "../inbox/inboxes";
import type { BlobInfo } from "../ports";
import { isFinal, type RunRecord, trainingQueues } from "../training/runRecord";
import type { StartRunPorts } from "../training/startRun";
import { sendTrials, trialsIn } from "../training/trainCandidate";
import type { Usecase } from "../usecase/loadUsecases";
import { findRecord, giveUpFile, type InboxFile, type ReceiveFilePorts, receiveFile, record } from "./receiveFile";

export interface ReconcilePorts extends ReceiveFilePorts {
  /** what else is tidied up each time, by what it does */
  upkeep: Record<string, () => Promise<unknown>>;
}

/** a run whose newest step is older than this has lost a message, and a file not judged by then its event */
const stuckAfterMs = 15 * 60_000;
const failedAlert = { subject: "tidegate", rule: "reconcile-failed" };

/** What one pass did, in lines, and what it could not do. */
interface Pass {
  lines: string[];
  failures: string[];
}

/**
 * Repairs what triggers missed: files in the inboxes that were never seen, including those where no trigger looks, and
 * runs that are stuck. Each file, run and inbox is handled on its own: what fails is reported in an alert and does not
 * stop the others. Returns a line for each repair and each failure.
 */
export async function reconcile(ports: ReconcilePorts): Promise<string[]> {
  const pass: Pass = { lines: [], failures: [] };
  for (const [what, work] of Object.entries(ports.upkeep)) await attempt(pass, what, work);
  for (const inbox of inboxes) await attempt(pass, `look into ${inbox}`, () => receiveMissed(ports, inbox, pass));
  for (const usecase of ports.usecases.values())
    await attempt(pass, `look at the runs of ${usecase.spec.name}`, () => wakeStuckRuns(ports, usecase, pass));
  const summary = (first: string) => `what triggers missed could not all be repaired: ${first}`;
  await reportFailures(ports.alerts, failedAlert, pass.failures, summary);
  return [...pass.lines, ...pass.failures];
}

async function attempt(pass: Pass, what: string, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    pass.failures.push(`could not ${what}: ${messageOf(error)}`);
  }
}

/** Each blob that was not judged in its present state, and each that was judged before its use case was known. */
async function receiveMissed(ports: ReconcilePorts, inbox: string, pass: Pass): Promise<void> {
  for await (const blob of ports.blobs.list(inbox))
    await attempt(pass, `judge ${inbox}/${blob.name}`, async () => {
      const line = await judgeMissed(ports, inbox, blob);
      if (line !== undefined) pass.lines.push(line);
    });
}

/** A line about what became of the file; none where there was nothing to judge. */
async function judgeMissed(ports: ReconcilePorts, inbox: string, blob: BlobInfo): Promise<string | undefined> {
  const { name, lastModified, etag } = blob;
  const isOfNew = await isOfNewUsecase(ports, inbox, name);
  if (!isOfNew) {
    const ageMs = ports.clock.now().getTime() - lastModified.getTime();
    if (ageMs < stuckAfterMs) return undefined;
    if (inbox === modelsInbox && (await describesModel(ports, name))) return undefined;
    if (await ports.inbox.isSettledAt(`${inbox}/${name}`, etag)) return undefined;
  }
  const bytes = await ports.blobs.read(inbox, name);
  if (bytes === undefined) return undefined;
  const file = { inbox, name, bytes, etag, droppedAt: lastModified };
  if (!isOfNew) return judge(ports, file);
  const { status } = await receiveOrGiveUp(ports, file);
  return `judged ${name}, whose use case is new: ${status}`;
}

/** A .json beside a model is read with it. */
async function describesModel({ blobs }: ReconcilePorts, name: string): Promise<boolean> {
  const model = describedModel(name);
  return model !== undefined && (await blobs.stat(modelsInbox, model)) !== undefined;
}

async function isOfNewUsecase(ports: ReconcilePorts, inbox: string, name: string): Promise<boolean> {
  if (inbox === modelsInbox || !ports.usecases.has(placeInInbox(name).folder)) return false;
  return ports.inbox.isOfUnknownUsecase(`${inbox}/${name}`);
}

/** A line about what became of the file; none where its trigger had already judged it. */
async function judge(ports: ReconcilePorts, file: InboxFile): Promise<string | undefined> {
  const known = await findRecord(ports, file);
  if (known !== undefined && known.status !== "failed" && !isLater(file.droppedAt, known.droppedAt)) {
    await record(ports, file, known);
    return undefined;
  }
  const outcome = await receiveOrGiveUp(ports, file);
  if ("created" in outcome && !outcome.created) return undefined;
  return `looked again at ${file.name}: ${outcome.status}`;
}

/** Whether the same bytes were dropped once more since: somebody wants them judged again. */
function isLater(droppedAt: Date | undefined, judged: Date | undefined): boolean {
  return droppedAt !== undefined && judged !== undefined && droppedAt.getTime() > judged.getTime();
}

async function receiveOrGiveUp(ports: ReconcilePorts, file: InboxFile) {
  try {
    return await receiveFile(ports, file);
  } catch (error) {
    if (isEnvironmental(error)) throw error;
    return giveUpFile(ports, file);
  }
}

async function wakeStuckRuns(ports: ReconcilePorts, usecase: Usecase, pass: Pass): Promise<void> {
  for (const run of await ports.runs.list(usecase.spec.name)) {
    if (isFinal(run.status)) continue;
    await attempt(pass, `wake run ${run.id}`, async () => {
      const since = (await ports.runs.lastStepAt(run.id)) ?? new Date(run.requestedAt);
      if (ports.clock.now().getTime() - since.getTime() < stuckAfterMs) return;
      await wake(ports, run, usecase);
      pass.lines.push(`woke run ${run.id}, which was stuck as ${run.status}`);
    });
  }
}

/** Every step may run twice, so all that could be missing is sent again. */
async function wake({ queues, runs }: StartRunPorts, run: RunRecord, usecase: Usecase): Promise<void> {
  if (run.status === "queued") return queues.send(trainingQueues.plan, { runId: run.id });
  const plan = await runs.plan(run.id);
  for (let rung = 0; run.status === "training" && rung < plan.rungs.length; rung++) {
    const trials = await trialsIn(runs, usecase, plan, rung);
    if ((await runs.trialsDone(run.id, rung)).size < trials.length)
      return sendTrials({ queues, runs }, run.id, rung, trials);
  }
  await queues.send(trainingQueues.finish, { runId: run.id });
}
