import type { Clock } from "../ports";
import type { ModelRegistry } from "../registry/modelRegistry";
import type { MetricDifference } from "../registry/modelVersion";
import type { RunRecord, TrainingPlan, TrialResult } from "./runRecord";
import type { RunStore } from "./runStore";

/** What the hold-out said of the version that a run registered. */
export interface RunHoldout {
  learner?: string;
  parameters?: Record<string, unknown>;
  metrics?: Record<string, unknown>;
  baselines?: Record<string, Record<string, unknown>>;
  differences?: MetricDifference[];
}

export interface RunProgress {
  trialsDone: number;
  trialsTotal: number;
  /** estimate, while trials run and at least one has ended */
  secondsLeft?: number;
}

/**
 * A run with its progress, the trials that have ended, by rung and trial, and, once it has a version, the hold-out's
 * verdict.
 */
export interface RunDescription extends RunRecord {
  progress: RunProgress;
  results: TrialResult[];
  holdout?: RunHoldout;
}

/** The run as `GET /runs/{id}` shows it; AppError not_found when there is none. */
export async function describeRun(
  ports: { runs: RunStore; registry: ModelRegistry; clock: Clock },
  runId: string,
): Promise<RunDescription> {
  const run = await ports.runs.get(runId);
  const results = await ports.runs.trials(runId);
  const progress = {
    trialsDone: results.length,
    trialsTotal: run.trials ?? 0,
    secondsLeft:
      run.status === "training" ? secondsLeft(run, await ports.runs.plan(runId), results, ports.clock) : undefined,
  };
  if (run.version === undefined) return { ...run, progress, results };
  const { learner, parameters, metrics, baselines, differences } = await ports.registry.version(
    run.usecase,
    run.version,
  );
  return { ...run, progress, results, holdout: { learner, parameters, metrics, baselines, differences } };
}

/**
 * Estimated by the pace so far: the remaining trials are expected to take as long as the ended ones did, for the share
 * of rows that each uses.
 */
function secondsLeft(
  run: RunRecord,
  { rungs }: TrainingPlan,
  results: TrialResult[],
  clock: Clock,
): number | undefined {
  if (results.length === 0) return undefined;
  const all = rungs.reduce((sum, { share, trials }) => sum + share * trials, 0);
  const done = results.reduce((sum, { rung }) => sum + rungs[rung].share, 0);
  const elapsed = (clock.now().getTime() - Date.parse(run.startedAt ?? run.requestedAt)) / 1000;
  return Math.round(((all - done) * elapsed) / done);
}
