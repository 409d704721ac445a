import { debiasedJensenShannon } from "./distances/jensenShannon";
import type { Comparison, Measured } from "./featureDrift";
import { judgeUnseen } from "./judgeUnseen";
import { noDriftJensenShannon, type SampleSizes } from "./noDrift";
import type { CategoryProfile } from "./profile";
import { chooseThreshold } from "./threshold";

const rareShare = 0.01;
const rareLevels = 0;

/**
 * Debiased Jensen-Shannon distance of the level counts. Levels under 1 % of the baseline are one bin; if the others are
 * more than the smaller sample can tell apart (B <= 1 + 0.014 n bins), they are grouped; enough unseen values are drift
 * by themselves.
 */
export function compareCategories(
  { training, settings, z }: Comparison,
  index: number,
  target: CategoryProfile,
  sizes: SampleSizes,
): Measured {
  const baseline = training.profile.features[index] as CategoryProfile;
  const rows = { target: target.count, baseline: baseline.count };
  const binOfLevel = packLevels(baseline, Math.min(rows.baseline, rows.target));
  const before = binCounts(baseline, binOfLevel);
  const now = binCounts(target, binOfLevel);
  const value = debiasedJensenShannon(before, now);
  const occupied = before.filter((count, i) => count + now[i] > 0).length;
  const noDrift = noDriftJensenShannon(occupied, rows, sizes, z);
  const judged = chooseThreshold(settings.categoricalThreshold, noDrift, farthest(before, target.count));
  const single = baseline.levels.filter((rowsOfLevel) => rowsOfLevel === 1).length;
  const unseen = judgeUnseen({ unseen: target.unseen, single, rows, sizes }, z);
  return {
    value,
    ...judged,
    ...unseen,
    drifted: [...(value > judged.threshold ? ["distribution" as const] : []), ...unseen.drifted],
  };
}

/** Rows per bin; unseen values are counted with the rare levels. */
function binCounts({ levels, unseen }: CategoryProfile, binOfLevel: number[]): number[] {
  const counts = new Array<number>(Math.max(rareLevels, ...binOfLevel) + 1).fill(0);
  for (const [level, rows] of levels.entries()) counts[binOfLevel[level]] += rows;
  counts[rareLevels] += unseen;
  return counts;
}

const leastBins = 4;

/**
 * The bin of each level. Levels are grouped in their own order into about equal shares: which levels are most frequent
 * in a sample is partly chance, and picking those would show a difference where there is none.
 */
function packLevels({ levels, count }: CategoryProfile, rows: number): number[] {
  const most = Math.max(leastBins, Math.floor(1 + 0.014 * rows));
  const isFrequent = (rowsOfLevel: number) => rowsOfLevel >= rareShare * count;
  const frequent = levels.filter(isFrequent);
  const total = frequent.reduce((sum, rowsOfLevel) => sum + rowsOfLevel, 0);
  let position = 0;
  let before = 0;
  return levels.map((rowsOfLevel) => {
    if (!isFrequent(rowsOfLevel)) return rareLevels;
    position++;
    before += rowsOfLevel;
    return frequent.length <= most ? position : 1 + Math.floor((most * (before - rowsOfLevel / 2)) / total);
  });
}

/** The largest distance of `rows` rows that all hold one value of the training rows. */
function farthest(before: number[], rows: number): number {
  const alone = (bin: number) => before.map((_count, i) => (i === bin ? rows : 0));
  return Math.max(...before.map((count, bin) => (count === 0 ? 0 : debiasedJensenShannon(before, alone(bin)))));
}
