import { RandomStream } from "../../math/randomStream";
import { fitPlatt, type PlattSigmoid } from "../calibration/plattSigmoid";
import type { FitContext } from "../trainer";
import type { MachineRows } from "./machineRows";

/** Fits one machine to rows of sign 1 and -1, with a weight each (0 leaves a row out); its scores are of every row. */
export type SolveMachine<S> = (signs: Float64Array, weights: Float64Array) => { solution: S; scores: Float64Array };

/** A machine of one class against the rest, and the sigmoid that makes its scores probabilities. */
export interface BinaryFit<S> {
  solution: S;
  sigmoid: PlattSigmoid;
}

/** What a graph says of how its machines were fitted. */
export function fitNotes(fits: BinaryFit<{ iterations: number; converged: boolean }>[]): object {
  return {
    iterations: fits.reduce((sum, { solution }) => sum + solution.iterations, 0),
    converged: fits.every(({ solution }) => solution.converged),
  };
}

const foldCount = 3;

/**
 * One machine for two classes, one per class against the rest for more. Each sigmoid is fitted to scores that machines
 * gave to the third of the rows they were not fitted on, because the scores of a machine's own rows are too good.
 */
export function fitOneVsRest<S>(rows: MachineRows, solve: SolveMachine<S>, context: FitContext): BinaryFit<S>[] {
  const { classes, codes } = rows.target;
  const positives = classes.length === 2 ? [context.positiveIndex ?? 1] : [...classes.keys()];
  const folds = rows.times === undefined ? drawFolds(codes, context.seed) : foldsInTime(rows.times);
  let done = 0;
  const solveNext: SolveMachine<S> = (signs, weights) => {
    const result = solve(signs, weights);
    done++;
    context.onProgress?.(done / (positives.length * (foldCount + 1)));
    return result;
  };
  return positives.map((positive) => {
    const signs = Float64Array.from(codes, (code) => (code === positive ? 1 : -1));
    const { solution } = solveNext(signs, rows.weights);
    const scores = heldOutScores(signs, rows.weights, folds, solveNext);
    const isPositive = Uint8Array.from(signs, (sign) => (sign > 0 ? 1 : 0));
    return { solution, sigmoid: fitPlatt(scores, isPositive, rows.plainWeights) };
  });
}

function heldOutScores<S>(
  signs: Float64Array,
  weights: Float64Array,
  folds: Uint8Array,
  solve: SolveMachine<S>,
): Float64Array {
  const heldOut = new Float64Array(signs.length);
  for (let fold = 0; fold < foldCount; fold++) {
    const others = weights.map((weight, row) => (folds[row] === fold ? 0 : weight));
    const scores = scoresOf(signs, others, solve);
    for (let row = 0; row < signs.length; row++) if (folds[row] === fold) heldOut[row] = scores[row];
  }
  return heldOut;
}

/** Rows of only one sign teach nothing: every score is that sign, as in LIBSVM. */
function scoresOf<S>(signs: Float64Array, weights: Float64Array, solve: SolveMachine<S>): Float64Array {
  const present = new Set(signs.filter((_, row) => weights[row] > 0));
  if (present.size === 2) return solve(signs, weights).scores;
  const [only = 0] = present;
  return new Float64Array(signs.length).fill(only);
}

/** Every class dealt out evenly, in a drawn order. */
function drawFolds(codes: Int32Array, seed: number): Uint8Array {
  const random = new RandomStream(seed, 1);
  const order = Int32Array.from(codes.keys());
  for (let at = order.length - 1; at > 0; at--) {
    const other = random.below(at + 1);
    [order[at], order[other]] = [order[other], order[at]];
  }
  const dealt = new Map<number, number>();
  const folds = new Uint8Array(codes.length);
  for (const row of order) {
    const count = dealt.get(codes[row]) ?? 0;
    folds[row] = count % foldCount;
    dealt.set(codes[row], count + 1);
  }
  return folds;
}

/** Three spans of time of equal size: neighbours in time are alike, and drawn folds would let a machine see them. */
function foldsInTime(times: Float64Array): Uint8Array {
  const order = Int32Array.from(times.keys()).sort((a, b) => times[a] - times[b] || a - b);
  const folds = new Uint8Array(times.length);
  for (const [at, row] of order.entries()) folds[row] = Math.floor((at * foldCount) / times.length);
  return folds;
}
