import { isBetter } from "../evaluation/selectionMetric";
import type { SelectionMetric } from "../usecase/selectionSpec";
import type { UsecaseSpec } from "../usecase/usecaseSpec";
import type { Rung, Trial, TrialResult } from "./runRecord";

/** A rung below this many training rows would choose by chance. */
const minRungRows = 200;

/**
 * The rounds of a search: one on all rows, or with successive halving several, each with the best 1/eta of the trials
 * before on eta times the rows. Source: K. Jamieson, A. Talwalkar, "Non-stochastic best arm identification and
 * hyperparameter optimization", 2016.
 */
export function planRungs(search: UsecaseSpec["search"], trialCount: number, trainRows: number): Rung[] {
  const rungs: Rung[] = [{ share: 1, trials: trialCount }];
  if (search.kind !== "halving") return rungs;
  while (rungs[0].share / search.eta >= minRungRows / trainRows && trialCount / search.eta ** rungs.length >= 1)
    rungs.unshift({ share: rungs[0].share / search.eta, trials: trialCount });
  return rungs.map(({ share }, at) => ({ share, trials: Math.ceil(trialCount / search.eta ** at) }));
}

/** The trials of a rung: all of them at first, then the best of the rung before, by mean, equal ones by their order. */
export function trialsOfRung(
  rung: number,
  rungs: Rung[],
  trials: Trial[],
  before: TrialResult[],
  metric: SelectionMetric,
): Trial[] {
  if (rung === 0) return trials;
  const ranked = before
    .filter(({ failure }) => failure === undefined)
    .sort((a, b) => (isBetter(metric, a.mean, b.mean) ? -1 : isBetter(metric, b.mean, a.mean) ? 1 : a.index - b.index));
  return ranked
    .slice(0, rungs[rung].trials)
    .map(({ index }) => trials[index])
    .sort((a, b) => a.index - b.index);
}

/** Rows of a fold that a rung trains on: evenly spaced, so that the share covers the whole span. */
export function shareOfRows(rows: Int32Array, share: number): Int32Array {
  if (share >= 1) return rows;
  const count = Math.max(1, Math.round(rows.length * share));
  return Int32Array.from({ length: count }, (_, i) => rows[Math.floor((i * rows.length) / count)]);
}
