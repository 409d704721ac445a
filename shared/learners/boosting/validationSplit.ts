import { AppError } from "../../errors";
import { RandomStream } from "../../math/randomStream";
import type { TrainingTarget } from "../trainer";

/** Rows to learn from and rows to validate the learning on, both ascending. */
export interface ValidationSplit {
  training: Int32Array;
  validation: Int32Array;
}

/**
 * Holds back a share of the rows: the newest where rows have times (rows of one time stay together), else a random
 * share of every class. AppError invalid_input when one of the two parts would be empty.
 */
export function validationSplit(
  target: TrainingTarget,
  share: number,
  seed: number,
  times: Float64Array | undefined,
): ValidationSplit {
  const isHeldBack = times ? newest(times, share) : randomShare(target, share, seed);
  const rows = Int32Array.from(isHeldBack.keys());
  const split = {
    training: rows.filter((row) => isHeldBack[row] === 0),
    validation: rows.filter((row) => isHeldBack[row] === 1),
  };
  if (split.training.length === 0 || split.validation.length === 0)
    throw new AppError(
      "invalid_input",
      `early stopping cannot hold back a share of ${share} of ${rows.length} rows${times ? ", rows of one time together" : ""}; set earlyStoppingRounds to 0 or give more rows`,
    );
  return split;
}

function newest(times: Float64Array, share: number): Uint8Array {
  const sorted = times.slice().sort();
  const from = sorted[Math.max(0, Math.min(sorted.length - 1, Math.floor((1 - share) * sorted.length)))];
  return Uint8Array.from(times, (time) => (time >= from ? 1 : 0));
}

function randomShare(target: TrainingTarget, share: number, seed: number): Uint8Array {
  const strata = target.task === "classification" ? target.codes : new Int32Array(target.values.length);
  const isHeldBack = new Uint8Array(strata.length);
  const random = new RandomStream(seed, -1);
  const keys = Float64Array.from(strata, () => random.next());
  const rows = Int32Array.from(strata.keys()).sort((a, b) => strata[a] - strata[b] || keys[a] - keys[b] || a - b);
  for (let from = 0; from < rows.length; ) {
    let to = from + 1;
    while (to < rows.length && strata[rows[to]] === strata[rows[from]]) to++;
    const count = Math.round(share * (to - from));
    for (let at = from; at < from + count; at++) isHeldBack[rows[at]] = 1;
    from = to;
  }
  return isHeldBack;
}
