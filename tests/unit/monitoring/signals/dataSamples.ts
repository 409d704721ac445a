import { seededRandom } from "../../../../shared/math/seededRandom";
import type { TimeRange } from "../../../../shared/monitoring/windowProfile";
import { type Cell, type Row, trainedOn, windowOf } from "./rowsInMemory";
import { at, type Known, model } from "./watchedRows";

const skies = ["clear", "rain", "snow"];

/** Rows of a normal number and a category, one a second up to the time of the samples. */
function someRows(count: number, seed: number, change = (cells: Cell[]): Cell[] => cells): Row[] {
  const random = seededRandom(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return Array.from({ length: count }, (_, row) => ({
    at: at.getTime() - (count - row) * 1000,
    entity: "",
    cells: change([normal() + 20, skies[Math.floor(random() * 3)]]),
  }));
}

const known = trainedOn(model, someRows(5000, 1));

function capturing(rows: Row[]): Known {
  return {
    trainingProfile: async () => known.training,
    reference: async () => known.reference,
    captured: async (range: TimeRange) => windowOf(known, rows, range),
  };
}

/** Champions that get the same rows in every window. */
export const integritySample = {
  usual: capturing(someRows(1000, 2)),
  empty: capturing([]),
  wrong: capturing(someRows(1000, 2, ([, sky]) => [null, sky])),
};

export const upstreamSample = {
  usual: capturing(someRows(1000, 2)),
  empty: capturing([]),
  wrong: capturing(someRows(1000, 2, ([x, sky]) => [1000 * (x as number), sky])),
};
