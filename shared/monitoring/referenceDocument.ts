import { z } from "zod";
import { documentType, longList, numberList, objectOf } from "../documents";
import type { CategoryProfile, FeatureProfile, NumberProfile, Profile } from "./profile";
import { profileSchema } from "./profileDocument";
import type { MonitoringReference, ReferenceDay } from "./reference";
import type { TrainingProfile } from "./trainingProfile";
import type { CellFaults, MomentSums, PredictionProfile } from "./windowProfile";

/** A reference as its document keeps it: the same days in fewer bytes. */
export interface KeptReference extends Omit<MonitoringReference, "days"> {
  days?: KeptDay[];
}

interface KeptDay {
  day: string;
  rows: number;
  features: KeptFeature[];
  /** rows, sums and products */
  moments: [rows: number, sums: number[], products: number[]];
}

/**
 * Of a number `sums` holds min, max, sum, sum of squares, sum within the fences, and the first, last and apart of its
 * neighbours; of a category those of its neighbours. A run of zeros in `bins` is one negative number.
 */
interface KeptFeature {
  count: number;
  missing: number;
  /** of a category: its levels, and the unseen */
  bins: number[];
  sums: (number | null)[];
}

/** The document's form of a reference: figures of nine digits, and no sums per bin of days. */
export function keptReference({ days, moments, ...rest }: MonitoringReference): KeptReference {
  const kept = { ...rest, moments: { ...moments, sums: rounded(moments.sums), products: rounded(moments.products) } };
  return days === undefined ? kept : { days: days.map(keptDay), ...kept };
}

function keptDay({ day, inputs, moments }: ReferenceDay): KeptDay {
  return {
    day,
    rows: inputs.rows,
    features: inputs.features.map(keptFeature),
    moments: [moments.rows, rounded(moments.sums), rounded(moments.products)],
  };
}

function keptFeature(feature: FeatureProfile): KeptFeature {
  const { count, missing, neighbours } = feature;
  const { first, last, apart } = neighbours;
  if ("levels" in feature)
    return { count, missing, bins: packed([...feature.levels, feature.unseen]), sums: rounded([first, last, apart]) };
  const { min, max, sum, sumSquares, binSums } = feature;
  const fenced = binSums.reduce((total, part) => total + part, 0);
  return {
    count,
    missing,
    bins: packed(feature.bins),
    sums: [min, max, ...rounded([sum, sumSquares, fenced, first, last, apart])],
  };
}

function rounded(figures: readonly number[]): number[] {
  return figures.map((figure) => Number(figure.toPrecision(9)));
}

function packed(counts: readonly number[]): number[] {
  const short: number[] = [];
  for (const count of counts) {
    if (count !== 0) short.push(count);
    else if (short.length > 0 && short[short.length - 1] < 0) short[short.length - 1]--;
    else short.push(-1);
  }
  return short;
}

function unpacked(short: readonly number[]): number[] {
  return short.flatMap((count) => (count < 0 ? new Array<number>(-count).fill(0) : [count]));
}

/**
 * The reference that a document keeps of the version with this training profile. Each bin of a day lies at its mean
 * over all training rows, moved so that the day's mean is its own.
 */
export function monitoringReference(kept: KeptReference, training: TrainingProfile): MonitoringReference {
  const { days, ...rest } = kept;
  if (days === undefined) return rest;
  const means = training.profile.features.map(binMeans);
  const { columns } = kept.moments;
  return { ...rest, days: days.map((day) => referenceDay(day, means, columns)) };
}

function binMeans(feature: FeatureProfile): number[] {
  return "bins" in feature ? feature.bins.map((rows, i) => (rows === 0 ? 0 : feature.binSums[i] / rows)) : [];
}

function referenceDay({ day, rows, features, moments }: KeptDay, means: number[][], columns: string[]): ReferenceDay {
  const inputs: Profile = { rows, features: features.map((feature, i) => featureOf(feature, means[i])) };
  const [known, sums, products] = moments;
  return { day, inputs, moments: { columns, rows: known, sums, products } };
}

function featureOf({ count, missing, bins, sums }: KeptFeature, means: number[]): FeatureProfile {
  if (sums.length === 3) {
    const [first, last, apart] = sums as number[];
    const levels = unpacked(bins);
    const unseen = levels.pop() ?? 0;
    return { count, missing, levels, unseen, neighbours: { first, last, apart } } satisfies CategoryProfile;
  }
  const [min, max, ...figures] = sums;
  const [sum, sumSquares, fenced, first, last, apart] = figures as number[];
  const counts = unpacked(bins);
  const placed = counts.map((rows, i) => rows * means[i]);
  const off = count === 0 ? 0 : (fenced - placed.reduce((total, part) => total + part, 0)) / count;
  const binSums = placed.map((part, i) => part + counts[i] * off);
  const known = { count, missing, min, max, sum, sumSquares, bins: counts, binSums };
  return { ...known, neighbours: { first, last, apart } } satisfies NumberProfile;
}

const isFigure = (value: unknown): value is number | null => value === null || typeof value === "number";

const keptFeatureSchema = objectOf<KeptFeature>({
  count: z.number(),
  missing: z.number(),
  bins: numberList,
  sums: longList(isFigure, "a number or null"),
});

const moments = objectOf<MomentSums>({
  columns: z.array(z.string()),
  rows: z.number(),
  sums: numberList,
  products: numberList,
});

const cellFaults = objectOf<CellFaults>({
  missing: z.number(),
  wrongType: z.number(),
  outOfRange: z.number(),
  outside: z.object({ sum: z.number(), sumSquares: z.number(), min: z.number(), max: z.number() }).nullable(),
  beyondFences: z.number(),
  sentinels: z.number(),
  longestRun: z.number(),
});

const predictions = objectOf<PredictionProfile>({
  rows: z.number(),
  labels: z.record(z.string(), z.number()),
  scores: z.record(z.string(), z.object({ rows: numberList, sums: numberList })),
  values: z.object({ bins: numberList, sum: z.number(), sumSquares: z.number() }).optional(),
});

/** What a version was like when it was made, a blob beside its training profile. */
export const referenceDocument = documentType(
  objectOf<KeptReference>({
    days: z
      .array(
        objectOf<KeptDay>({
          day: z.string(),
          rows: z.number(),
          features: z.array(keptFeatureSchema),
          moments: z.tuple([z.number(), numberList, numberList]),
        }),
      )
      .optional(),
    faults: z.array(cellFaults),
    moments,
    holdout: objectOf<MonitoringReference["holdout"]>({
      inputs: profileSchema.optional(),
      moments: moments.optional(),
      predictions,
      valueEdges: numberList.optional(),
      probabilities: numberList,
      truths: numberList,
      predicted: numberList,
    }),
    importance: numberList.optional(),
  }),
  [],
);
