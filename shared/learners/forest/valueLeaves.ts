import { type LeafWriter, leafUnitsFor } from "./forestModel";

/**
 * How the leaves of a forest stand for numbers: mean of the trees' (high x leafUnits + low) x unit, plus the centre.
 */
export interface ValueScale {
  /** weighted mean of the training values */
  centre: number;
  /** a power of two */
  unit: number;
}

/**
 * The finest scale at which every deviation of `values` (of positive weight) from their mean fits the leaves of so many
 * trees.
 */
export function valueScale(values: Float64Array, weights: Float64Array | undefined, treeCount: number): ValueScale {
  let sum = 0;
  let total = 0;
  for (let row = 0; row < values.length; row++) {
    const weight = weights === undefined ? 1 : weights[row];
    sum += weight * values[row];
    total += weight;
  }
  const centre = sum / total;
  let reach = 0;
  for (let row = 0; row < values.length; row++)
    if (weights === undefined || weights[row] > 0) reach = Math.max(reach, Math.abs(values[row] - centre));
  const steps = leafUnitsFor(treeCount) ** 2 / 2;
  // never so small that it is no longer a power of two
  let unit = 2 ** Math.max(Math.floor(Math.log2(reach / steps)), -1000);
  while (reach > steps * unit) unit *= 2;
  return { centre, unit };
}

/**
 * Leaves that hold the weighted mean of centred values: float32 sums of 24 bits are too few for a number, so a leaf
 * holds two, whose sums over the trees are exact (high within half of leafUnits around 0, low from 0 to leafUnits) and
 * are added in float64.
 */
export function valueLeaves({ unit }: ValueScale): { outputCount: number; write: LeafWriter } {
  return {
    outputCount: 2,
    write: ([weight, sum], leafUnits, target) => {
      const steps = Math.round(sum / weight / unit);
      target[0] = Math.floor(steps / leafUnits);
      target[1] = steps - target[0] * leafUnits;
    },
  };
}
