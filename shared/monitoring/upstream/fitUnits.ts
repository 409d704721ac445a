import { squaredDistance } from "../moments/mahalanobis";
import type { ColumnMean } from "./columnMeans";
import { type Conversion, conversionsOf } from "./unitConversions";
import type { UsualMeans } from "./usualMeans";

/** a unit is said to have slipped when means lie so many times as far out (squared) as on any training day ... */
const farFactor = 3;
/** ... and the conversion takes away at least this share of the squared distance */
const explainedShare = 0.8;
/** values that were converted back vary so much as training rows do, at least and at most */
const deviationRange = [0.02, 2.5] as const;
const mostSlips = 8;

/** A conversion that explains what became of a column. */
export interface UnitSlip {
  /** place of the column among the bins */
  column: number;
  conversion: Conversion;
}

export interface UnitFit {
  slips: UnitSlip[];
  /** squared distance of the window's means from the usual ones, as they came and as they are without the slips */
  distance: number;
  explained: number;
}

interface Search {
  window: readonly (ColumnMean | undefined)[];
  /** declared units, in the order of the bins */
  units: readonly (string | undefined)[];
  usual: UsualMeans;
}

/**
 * Finds the conversions that bring the means of a window back to where they usually lie, one column after the other:
 * the columns that did not change tell what the others should be.
 */
export function fitUnits(search: Search): UnitFit {
  const { window, usual } = search;
  const deviation = Float64Array.from(usual.columns, (i, a) => (window[i]?.mean ?? usual.means[a]) - usual.means[a]);
  const distance = squaredDistance(usual.matrix, deviation);
  const slips: UnitSlip[] = [];
  let explained = distance;
  while (slips.length < mostSlips && explained > farFactor * usual.farthest) {
    const best = bestSlip(deviation, search, new Set(slips.map(({ column }) => column)));
    if (best === undefined || best.distance > explained * (1 - explainedShare)) break;
    slips.push({ column: usual.columns[best.at], conversion: best.conversion });
    deviation[best.at] = best.deviation;
    explained = best.distance;
  }
  return { slips, distance, explained };
}

function bestSlip(deviation: Float64Array, { window, units, usual }: Search, taken: ReadonlySet<number>) {
  let best: { at: number; conversion: Conversion; deviation: number; distance: number } | undefined;
  for (const [at, column] of usual.columns.entries()) {
    const found = window[column];
    if (found === undefined || taken.has(column)) continue;
    for (const conversion of conversionsOf(units[column])) {
      const spread = found.deviation / conversion.ratio / usual.deviations[at];
      if (spread > deviationRange[1] || (found.deviation > 0 && spread < deviationRange[0])) continue;
      const changed = deviation.slice();
      changed[at] = (found.mean - conversion.offset) / conversion.ratio - usual.means[at];
      const distance = squaredDistance(usual.matrix, changed);
      if (best === undefined || distance < best.distance) best = { at, conversion, deviation: changed[at], distance };
    }
  }
  return best;
}
