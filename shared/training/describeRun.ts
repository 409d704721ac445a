import type { RunRecord, TrialResult } from "./runRecord";
import type { RunStore } from "./runStore";

/** A run with its progress and the trials that have ended, in trial order. */
export interface RunDescription extends RunRecord {
  progress: { trialsDone: number; trialsTotal: number };
  results: TrialResult[];
}

/** The run as `GET /runs/{id}` shows it; AppError not_found when there is none. */
export async function describeRun(runs: RunStore, runId: string): Promise<RunDescription> {
  const run = await runs.get(runId);
  const results = await runs.trials(runId);
  return { ...run, progress: { trialsDone: results.length, trialsTotal: run.trials ?? 0 }, results };
}
