import type { Profile } from "../profile";
import type { MomentSums } from "../windowProfile";

/** Rows that stay together when some are held out: a day, whose rows are alike. */
export interface Block {
  inputs: Profile;
  moments: MomentSums;
}

/** Blocks to learn from and blocks to be judged by, of either side. */
export interface Fold {
  learn: { baseline: Block[]; target: Block[] };
  judge: { baseline: Block[]; target: Block[] };
}

/** Each block is held out once; a baseline of one block is on both sides, being large beside what is learnt of it. */
export function foldsOf(baseline: Block[], target: Block[], count: number): Fold[] {
  return Array.from({ length: count }, (_, fold) => {
    const isHeld = (_block: Block, i: number) => i % count === fold;
    const rest = (_block: Block, i: number) => i % count !== fold;
    const both = baseline.length < count;
    return {
      learn: { baseline: both ? baseline : baseline.filter(rest), target: target.filter(rest) },
      judge: { baseline: both ? baseline : baseline.filter(isHeld), target: target.filter(isHeld) },
    };
  });
}

/** Rows by what they are and by whether they were taken for the target's; shares of rows of either side. */
export interface Rates {
  /** of the target's rows that were recognised */
  hits: number;
  /** of the baseline's rows that were taken for the target's */
  falseHits: number;
}

/** Matthews correlation of two sides of equal weight, -1 to 1; 0 where all rows were taken for one side's. */
export function matthews({ hits, falseHits }: Rates): number {
  const taken = hits + falseHits;
  const spread = taken * (2 - taken);
  return spread <= 0 ? 0 : (hits - falseHits) / Math.sqrt(spread);
}
