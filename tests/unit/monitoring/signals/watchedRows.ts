import type { FeatureTable } from "../../../../shared/featureTable";
import { seededRandom } from "../../../../shared/math/seededRandom";
import { windowStart } from "../../../../shared/monitoring/schedule";
import type { CapturedRows, SignalSettings, Watched, WatchedModel } from "../../../../shared/monitoring/signals/signal";
import { trainingProfile } from "../../../../shared/monitoring/trainingProfile";
import { profileOfRows } from "../shippedRows";

export const at = new Date("2026-01-02T00:00:00Z");
const from = new Date("2026-01-01T00:00:00Z");
const levels = ["clear", "rain", "snow"];

/** Rows with a normal number, moved by `shift`, and a category. */
function rows(rowCount: number, shift: number, seed: number): FeatureTable {
  const random = seededRandom(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return {
    rowCount,
    numbers: [{ name: "x", values: Float32Array.from({ length: rowCount }, () => normal() + shift) }],
    categories: [{ name: "sky", levels, codes: Int32Array.from({ length: rowCount }, () => Math.floor(random() * 3)) }],
  };
}

export const training = trainingProfile(rows(5000, 0, 1));

/** Captured rows of a day, moved by `shift` deviations. */
export function captured(rowCount: number, shift = 0): CapturedRows {
  const table = rows(rowCount, shift, 2);
  const order = Array.from({ length: rowCount }, (_, row) => row);
  return { profile: profileOfRows(training, table, order), rows: rowCount, unreadableRequests: 0, from, hours: 24 };
}

export const model: WatchedModel = {
  name: "pears",
  task: "classification",
  classes: ["dry", "wet"],
  positive: "wet",
  inputs: [
    { name: "x", type: "number", sentinels: [], nullable: true },
    { name: "sky", type: "category", sentinels: [], values: levels, nullable: true },
  ],
  slices: [],
  isSeries: false,
};

async function notCounted(): Promise<never> {
  throw new Error("no sample has it");
}

/** What a sample says of a champion; anything else of it is unknown. */
export type Known = Partial<Omit<Watched<never>, "settings" | "version" | "at">>;

/** A champion of which that is known. */
export function watchedWith<Settings extends SignalSettings>(settings: Settings, known: Known): Watched<Settings> {
  return {
    model,
    version: 3,
    settings,
    at,
    windowStart: (hours) => windowStart(at, hours, settings.timeZone),
    trainingProfile: async () => training,
    capturedRows: notCounted,
    reference: async () => undefined,
    captured: notCounted,
    outcomes: async () => [],
    attributions: async () => undefined,
    service: notCounted,
    newestDatasetAt: async () => undefined,
    earlier: async () => [],
    ...known,
  };
}

/** What is known of a champion, each read failing. */
export function unreadable(known: Known): Known {
  const broken = () => Promise.reject(new Error("storage is away"));
  return {
    ...known,
    ...{ trainingProfile: broken, capturedRows: broken, reference: broken, captured: broken },
    ...{ outcomes: broken, service: broken, attributions: broken },
  };
}
