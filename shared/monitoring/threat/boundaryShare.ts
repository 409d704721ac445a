import type { PredictionProfile } from "../windowProfile";

/** bins of a probability that lie around a half, of 50: 0.44 to 0.56 */
const nearHalf = [22, 27] as const;

/** The share of scored rows whose probability of any class lies near a half; undefined where no row has one. */
export function boundaryShare({ scores }: PredictionProfile): number | undefined {
  let rows = 0;
  let near = 0;
  for (const { rows: bins } of Object.values(scores))
    for (const [bin, count] of bins.entries()) {
      rows += count;
      if (bin >= nearHalf[0] && bin <= nearHalf[1]) near += count;
    }
  return rows === 0 ? undefined : near / rows;
}
