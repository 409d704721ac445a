import type { FeatureDrift } from "./featureDrift";
import { noDriftShares, type SampleSizes } from "./noDrift";

/**
 * Unseen values raise an alarm from this share and this number of rows on, unless training itself had many values that
 * rare.
 */
const least = { share: 0.005, rows: 5 };

interface UnseenCounts {
  /** target rows with a value that training never had */
  unseen: number;
  /** training rows whose value no other training row has */
  single: number;
  rows: SampleSizes;
  /** how many independent rows they are worth */
  sizes: SampleSizes;
}

/**
 * Judges rows with values that training never had. Without drift a new row has one about as often as a training row has
 * a value of its own (I. Good, "The population frequencies of species", 1953). Where none has, it is not known how such
 * rows depend on one another, and each counts.
 */
export function judgeUnseen(
  { unseen, single, rows, sizes }: UnseenCounts,
  z: number,
): Pick<FeatureDrift, "unseenShare" | "unseenThreshold" | "drifted" | "reason"> {
  const share = unseen / rows.target;
  const expected = single / rows.baseline;
  const noDrift = noDriftShares(share, expected, single === 0 ? rows : sizes, z);
  const unseenThreshold = Math.max(least.share, expected + noDrift);
  const shown = { unseenShare: share, unseenThreshold };
  if (unseen < least.rows || share < unseenThreshold) return { ...shown, drifted: [] };
  return {
    ...shown,
    drifted: ["unseen"],
    reason: `${unseen} target rows hold values that the training rows never had`,
  };
}
