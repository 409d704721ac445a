import { seededRandom } from "../../../../shared/math/seededRandom";
import type { WatchedModel } from "../../../../shared/monitoring/signals/signal";
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

const pairedModel: WatchedModel = {
  ...model,
  inputs: ["x", "y"].map((name) => ({ name, type: "number", sentinels: [], nullable: true })),
};

/** Rows of two normal numbers with that correlation. */
function pairedRows(count: number, seed: number, correlation: number): Row[] {
  const random = seededRandom(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return Array.from({ length: count }, (_, row) => {
    const x = normal();
    return { at: row, entity: "", cells: [x, correlation * x + Math.sqrt(1 - correlation ** 2) * normal()] };
  });
}

const known = trainedOn(model, someRows(5000, 1));

/** Rows of ten minutes each, so that a week has a thousand of them. */
function ofAWeek(rows: Row[]): Known {
  const spread = rows.map((row, i) => ({ ...row, at: at.getTime() - (rows.length - i) * 604_800 }));
  return {
    ...capturing(rows),
    captured: async (range: TimeRange) => {
      const inRange = spread.filter((row) => row.at >= range.from.getTime() && row.at < range.to.getTime());
      return windowOf(known, inRange, range);
    },
  };
}

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

export const magnitudeSample = {
  usual: ofAWeek(someRows(1000, 2)),
  empty: ofAWeek([]),
  wrong: ofAWeek(someRows(1000, 2, ([x, sky]) => [(x as number) + 4, sky])),
};

export const threatSample = {
  usual: capturing(someRows(1000, 2)),
  empty: capturing([]),
  wrong: capturing(someRows(1000, 2, ([x, sky]) => [1000 * (x as number), sky])),
};

/** Two numbers that go together in training. */
const pairs = trainedOn(pairedModel, pairedRows(5000, 1, 0.9));

function paired(rows: Row[]): Known {
  return {
    model: pairedModel,
    trainingProfile: async () => pairs.training,
    reference: async () => pairs.reference,
    captured: async (range: TimeRange) => windowOf(pairs, rows, range),
  };
}

export const relationsSample = {
  usual: paired(pairedRows(1000, 2, 0.9)),
  empty: paired([]),
  wrong: paired(pairedRows(1000, 2, -0.2)),
};
