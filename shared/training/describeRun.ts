import type { ModelRegistry } from "../registry/modelRegistry";
import type { MetricDifference } from "../registry/modelVersion";
import type { RunRecord, TrialResult } from "./runRecord";
import type { RunStore } from "./runStore";

/** What the hold-out said of the version that a run registered. */
export interface RunHoldout {
  learner?: string;
  parameters?: Record<string, unknown>;
  metrics?: Record<string, unknown>;
  baselines?: Record<string, Record<string, unknown>>;
  differences?: MetricDifference[];
}

/** A run with its progress, the trials that have ended, in trial order, and, once it has a version, the hold-out's verdict. */
export interface RunDescription extends RunRecord {
  progress: { trialsDone: number; trialsTotal: number };
  results: TrialResult[];
  holdout?: RunHoldout;
}

/** The run as `GET /runs/{id}` shows it; AppError not_found when there is none. */
export async function describeRun(
  ports: { runs: RunStore; registry: ModelRegistry },
  runId: string,
): Promise<RunDescription> {
  const run = await ports.runs.get(runId);
  const results = await ports.runs.trials(runId);
  const progress = { trialsDone: results.length, trialsTotal: run.trials ?? 0 };
  if (run.version === undefined) return { ...run, progress, results };
  const { learner, parameters, metrics, baselines, differences } = await ports.registry.version(
    run.usecase,
    run.version,
  );
  return { ...run, progress, results, holdout: { learner, parameters, metrics, baselines, differences } };
}
