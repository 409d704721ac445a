import { isAppError } from "../errors";
import type { QueueSender } from "../ports";
import type { Usecase } from "../usecase/loadUsecases";
import type { UsecaseSpec } from "../usecase/usecaseSpec";
import { type FailRunPorts, failRun } from "./failRun";
import { trialsOfRung } from "./rungs";
import {
  isFinal,
  type PartialTrial,
  type TrainingPlan,
  type Trial,
  type TrialResult,
  trainingQueues,
} from "./runRecord";
import type { RunStore } from "./runStore";
import { meanOf } from "./selectTrial";
import type { WorkerPool } from "./workerPool";
import type { TrialOutcome, TrialTask } from "./workerTasks";

export interface TrainCandidatePorts extends FailRunPorts {
  usecases: Map<string, Usecase>;
  queues: QueueSender;
  workers: WorkerPool;
}

interface Step {
  runId: string;
  rung: number;
  trial: number;
}

/** no fold is started after so long in one step; with a fit's limit it keeps a step below two minutes */
const softLimitMs = 25_000;
const busyDelaySeconds = 5;

/**
 * One step of a trial in a worker thread: as many folds as there is time for, then the same message again for the rest.
 * The result is written once; the last one of a rung queues the next rung or the finish. Safe to repeat; a run that has
 * ended or was cancelled stays so.
 */
export async function trainCandidate(ports: TrainCandidatePorts, step: Step): Promise<void> {
  if (isFinal((await ports.runs.get(step.runId)).status)) return;
  try {
    await takeStep(ports, step);
  } catch (error) {
    if (!isAppError(error, "corrupt")) throw error;
    await failRun(ports, step.runId, error.message); // no trial can be right
  }
}

async function takeStep(ports: TrainCandidatePorts, step: Step): Promise<void> {
  const { runId, rung, trial } = step;
  const plan = await ports.runs.plan(runId);
  const usecase = ports.usecases.get(plan.usecase);
  if (usecase === undefined || plan.trials[trial] === undefined || plan.rungs[rung] === undefined) return;
  if (!(await ports.runs.hasTrial(runId, rung, trial))) {
    const result = await scoreFolds(ports, usecase, plan, step);
    if (result === "again") return ports.queues.send(trainingQueues.candidate, step);
    if (result === "busy") return ports.queues.send(trainingQueues.candidate, step, { delaySeconds: busyDelaySeconds });
    await ports.runs.saveTrial(runId, result);
  }
  if ((await ports.runs.trialsDone(runId, rung)).size >= (await trialsIn(ports.runs, usecase, plan, rung)).length)
    await sendNext(ports, usecase, plan, rung);
}

/** The trials of a rung, once the rung before it is complete. */
export async function trialsIn(runs: RunStore, { spec }: Usecase, plan: TrainingPlan, rung: number): Promise<Trial[]> {
  const before = rung === 0 ? [] : await runs.trialsOf(plan.runId, rung - 1);
  return trialsOfRung(rung, plan.rungs, plan.trials, before, spec.selection.metric);
}

/** Queues what follows a rung that is complete: the next rung's trials, or the finish. */
async function sendNext(ports: TrainCandidatePorts, usecase: Usecase, plan: TrainingPlan, rung: number): Promise<void> {
  const { runId, rungs } = plan;
  const next = rung + 1 < rungs.length ? await trialsIn(ports.runs, usecase, plan, rung + 1) : [];
  if (next.length > 0) return sendTrials(ports, runId, rung + 1, next);
  await ports.runs.update(runId, { status: "finishing" });
  await ports.queues.send(trainingQueues.finish, { runId });
}

/** Queues the trials of a rung that have no result yet. */
export async function sendTrials(
  ports: Pick<TrainCandidatePorts, "runs" | "queues">,
  runId: string,
  rung: number,
  trials: Trial[],
): Promise<void> {
  const done = await ports.runs.trialsDone(runId, rung);
  for (const { index } of trials)
    if (!done.has(index)) await ports.queues.send(trainingQueues.candidate, { runId, rung, trial: index });
}

/** Scores folds of a trial from the first one on that has no score; its result once all of them have one. */
async function scoreFolds(
  ports: TrainCandidatePorts,
  { spec }: Usecase,
  plan: TrainingPlan,
  step: Step,
): Promise<TrialResult | "again" | "busy"> {
  const { runId, rung, trial } = step;
  const { metric } = spec.selection;
  const before = (await ports.runs.partialTrial(runId, rung, trial)) ?? { foldScores: [], modelBytes: 0, seconds: 0 };
  const task = trialTask(spec, plan, step, await ports.runs.prepared(runId), before.foldScores.length);
  try {
    const scored = joined(before, await ports.workers.run(task, spec.search.fitSeconds * 1000));
    if (scored.foldScores.length >= plan.folds) {
      const isUndefined = scored.foldScores.every((score) => score === null);
      const failure = isUndefined ? `${metric} is undefined on every fold: a class is missing from each` : undefined;
      return trialResult(plan, step, metric, scored, failure);
    }
    await ports.runs.savePartialTrial(runId, rung, trial, scored);
    return "again";
  } catch (error) {
    if (isAppError(error, "busy")) return "busy";
    if (isAppError(error) && !error.retryable) return trialResult(plan, step, metric, before, error.message);
    throw error;
  }
}

function trialTask(
  spec: UsecaseSpec,
  { seed, trials, rungs }: TrainingPlan,
  { rung, trial }: Step,
  prepared: Uint8Array,
  firstFold: number,
): TrialTask {
  const { decisionThreshold, classWeights } = spec;
  const context = { prepared, seed, metric: spec.selection.metric, decisionThreshold, classWeights };
  return { kind: "trial", ...context, trial: trials[trial], firstFold, share: rungs[rung].share, softLimitMs };
}

function joined(before: PartialTrial, { foldScores, modelBytes, seconds }: TrialOutcome): PartialTrial {
  return { foldScores: [...before.foldScores, ...foldScores], modelBytes, seconds: before.seconds + seconds };
}

function trialResult(
  { trials }: TrainingPlan,
  { rung, trial }: Step,
  metric: string,
  scored: PartialTrial,
  failure?: string,
): TrialResult {
  const { mean, standardError } = meanOf(scored.foldScores.filter((score) => score !== null));
  const result = { ...trials[trial], rung, metric, ...scored, mean, standardError };
  return failure === undefined ? result : { ...result, failure, mean: 0, standardError: 0 };
}
