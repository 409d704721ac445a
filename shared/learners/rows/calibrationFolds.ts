import { RandomStream } from "../../math/randomStream";

/** Rows of a fit, of which those of weight 0 are in no fold. */
export interface FoldRows {
  codes: Int32Array;
  sampleWeights?: Float64Array;
  /** epoch ms per row */
  times?: Float64Array;
}

/**
 * The fold of each row, 0 to `folds` - 1, or -1: pieces of equal size that follow each other in time where rows have
 * times (rows of one time stay together), else the rows of each class dealt out in an order drawn from `stream` of the
 * seed.
 */
export function calibrationFolds(rows: FoldRows, folds: number, seed: number, stream = 0): Int32Array {
  const { codes, sampleWeights, times } = rows;
  const used = Int32Array.from(codes.keys()).filter((row) => sampleWeights === undefined || sampleWeights[row] > 0);
  const fold = new Int32Array(codes.length).fill(-1);
  if (times) {
    used.sort((a, b) => times[a] - times[b]);
    for (let at = 0; at < used.length; at++) {
      const together = at > 0 && times[used[at]] === times[used[at - 1]];
      fold[used[at]] = together ? fold[used[at - 1]] : Math.floor((at * folds) / used.length);
    }
    return fold;
  }
  shuffle(used, new RandomStream(seed, stream));
  used.sort((a, b) => codes[a] - codes[b]); // stable: within a class the order stays random
  for (let at = 0; at < used.length; at++) fold[used[at]] = at % folds;
  return fold;
}

/** Fisher and Yates's shuffle, in place. */
function shuffle(rows: Int32Array, random: RandomStream): void {
  for (let at = rows.length - 1; at > 0; at--) {
    const other = random.below(at + 1);
    const row = rows[at];
    rows[at] = rows[other];
    rows[other] = row;
  }
}
