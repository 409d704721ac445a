import type { CategoryBins, CategoryProfile } from "../profile";

/** rows in which a level should have come, for its absence to mean something */
const leastExpected = 10;
/** a level counts as gone below this share of its rows */
const goneShare = 0.1;
/** the new value has between so much and so many times the share of the old one */
const shareRange = [0.5, 2] as const;

export interface RenamedCategory {
  from: string;
  to: string;
  share: number;
  trainingShare: number;
}

/** A level that vanished while a value that training never saw took about its share. */
export function renamedCategory(
  { levels }: CategoryBins,
  training: CategoryProfile,
  window: CategoryProfile,
  unseen: Record<string, number>,
): RenamedCategory | undefined {
  if (window.count === 0 || training.count === 0) return undefined;
  const [newest] = Object.entries(unseen).sort(([, a], [, b]) => b - a);
  if (newest === undefined) return undefined;
  const [to, rows] = newest;
  const share = rows / window.count;
  const [gone] = levels
    .map((from, i) => ({ from, trainingShare: training.levels[i] / training.count, left: window.levels[i] }))
    .filter(({ trainingShare, left }) => {
      const expected = trainingShare * window.count;
      return expected >= leastExpected && left <= goneShare * expected;
    })
    .filter(({ trainingShare }) => share >= shareRange[0] * trainingShare && share <= shareRange[1] * trainingShare)
    .sort((a, b) => Math.abs(Math.log(share / a.trainingShare)) - Math.abs(Math.log(share / b.trainingShare)));
  return gone && { from: gone.from, to, share, trainingShare: gone.trainingShare };
}
