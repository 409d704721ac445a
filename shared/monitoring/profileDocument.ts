import { z } from "zod";
import { anyFields, documentType, numberList, objectOf, statistic, statisticList } from "../documents";
import { type Neighbours, noNeighbours } from "./neighbours";
import type { CategoryBins, CategoryProfile, FeatureProfile, NumberBins, NumberProfile, Profile } from "./profile";
import type { FeatureReference, Reference, Shape, TrainingProfile } from "./trainingProfile";

const neighbours = objectOf<Neighbours>({ first: z.number(), last: z.number(), apart: statistic });

const numberProfile = objectOf<NumberProfile>({
  count: z.number(),
  missing: z.number(),
  min: z.number().nullable(),
  max: z.number().nullable(),
  sum: statistic,
  sumSquares: statistic,
  bins: numberList,
  binSums: statisticList,
  neighbours,
});

const categoryProfile = objectOf<CategoryProfile>({
  count: z.number(),
  missing: z.number(),
  levels: numberList,
  unseen: z.number(),
  neighbours,
});

const featureProfile: z.ZodType<FeatureProfile> = z.union([numberProfile, categoryProfile]);

/** Counts of some rows as documents keep them. */
export const profileSchema = objectOf<Profile>({ rows: z.number(), features: z.array(featureProfile) });

const numberBins = objectOf<NumberBins>({
  name: z.string(),
  type: z.literal("number"),
  edges: numberList,
  fences: z.tuple([z.number(), z.number()]).optional(),
});

const categoryBins = objectOf<CategoryBins>({
  name: z.string(),
  type: z.literal("category"),
  levels: z.array(z.string()),
});

const inflation = z.array(z.tuple([z.number(), statistic]));

const featureReference = objectOf<FeatureReference>({
  shape: objectOf<Shape>({
    mean: statistic,
    deviation: statistic,
    skewness: statistic,
    least: statistic,
    most: statistic,
  }).optional(),
  inflation: inflation.optional(),
  missingInflation: inflation.optional(),
});

const reference = objectOf<Reference>({
  span: z.object({ from: z.string(), to: z.string() }).optional(),
  features: z.array(featureReference),
});

/** The first profiles counted no neighbours: nothing is judged by them without a reference, nor rolled up on. */
export const withNeighbours = z
  .looseObject({ profile: z.looseObject({ features: z.array(anyFields) }) })
  .transform(({ profile, ...rest }) => ({
    ...rest,
    profile: { ...profile, features: profile.features.map((one) => ({ neighbours: noNeighbours(), ...one })) },
  }));

/** The training rows' profile that drift is measured against, blob `{run}/training-profile.json`. */
export const trainingProfileDocument = documentType(
  objectOf<TrainingProfile>({
    bins: z.array(z.union([numberBins, categoryBins])),
    profile: profileSchema,
    reference: reference.optional(),
  }),
  [withNeighbours],
);
