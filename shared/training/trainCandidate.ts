import { AppError } from "../errors";
import type { QueueSender } from "../ports";
import type { Usecase } from "../usecase/loadUsecases";
import { isFinal, type TrialResult, trainingQueues } from "./runRecord";
import type { RunStore } from "./runStore";
import type { WorkerPool } from "./workerPool";

export interface TrainCandidatePorts {
  usecases: Map<string, Usecase>;
  runs: RunStore;
  queues: QueueSender;
  workers: WorkerPool;
}

/** One trial of a run in a worker thread; its result is written once, and the last one in queues the finish. Safe to repeat. */
export async function trainCandidate(ports: TrainCandidatePorts, runId: string, index: number): Promise<void> {
  const run = await ports.runs.get(runId);
  if (isFinal(run.status)) return;
  const plan = await ports.runs.plan(runId);
  if (!(await ports.runs.hasTrial(runId, index))) {
    const trial = plan.trials[index];
    const usecase = ports.usecases.get(plan.usecase);
    if (trial === undefined || usecase === undefined)
      throw new AppError("invalid_input", `run ${runId} has no trial ${index}, or its use case is gone`);
    const { spec } = usecase;
    const { foldScores, seconds } = await ports.workers.run({
      kind: "trial",
      prepared: await ports.runs.prepared(runId),
      trial,
      seed: plan.seed,
      metric: spec.selection.metric,
      decisionThreshold: spec.decisionThreshold,
    });
    const result: TrialResult = {
      ...trial,
      metric: spec.selection.metric,
      foldScores,
      ...summary(foldScores),
      seconds,
    };
    await ports.runs.saveTrial(runId, result);
  }
  if ((await ports.runs.trialsDone(runId)) < plan.trials.length) return;
  await ports.runs.update(runId, { status: "finishing" });
  await ports.queues.send(trainingQueues.finish, { runId });
}

function summary(scores: number[]): { mean: number; standardError: number } {
  const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length;
  if (scores.length < 2) return { mean, standardError: 0 };
  const variance = scores.reduce((sum, score) => sum + (score - mean) ** 2, 0) / (scores.length - 1);
  return { mean, standardError: Math.sqrt(variance / scores.length) };
}
