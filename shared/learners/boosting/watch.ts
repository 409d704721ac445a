import { AppError } from "../../errors";
import { RandomStream } from "../../math/randomStream";
import type { TrainingTarget } from "../trainer";

/** Rows to learn from and rows to watch the learning with, both ascending. */
export interface WatchSplit {
  learnt: Int32Array;
  watched: Int32Array;
}

/**
 * Holds back a share of the rows: the newest where rows have times (rows of one time stay together), else a random share of every
 * class. AppError invalid_input when one of the two parts would be empty.
 */
export function splitWatched(
  target: TrainingTarget,
  share: number,
  seed: number,
  times: Float64Array | undefined,
): WatchSplit {
  const isWatched = times ? newest(times, share) : randomShare(target, share, seed);
  const rows = Int32Array.from(isWatched.keys());
  const split = {
    learnt: rows.filter((row) => isWatched[row] === 0),
    watched: rows.filter((row) => isWatched[row] === 1),
  };
  if (split.learnt.length === 0 || split.watched.length === 0)
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
  const isWatched = new Uint8Array(strata.length);
  const random = new RandomStream(seed, -1);
  const keys = Float64Array.from(strata, () => random.next());
  const rows = Int32Array.from(strata.keys()).sort((a, b) => strata[a] - strata[b] || keys[a] - keys[b] || a - b);
  for (let from = 0; from < rows.length; ) {
    let to = from + 1;
    while (to < rows.length && strata[rows[to]] === strata[rows[from]]) to++;
    const count = Math.round(share * (to - from));
    for (let at = from; at < from + count; at++) isWatched[rows[at]] = 1;
    from = to;
  }
  return isWatched;
}
