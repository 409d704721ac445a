import { z } from "zod";
import { numberList, objectOf } from "../documents";
import type { OutcomeProfile, ScoreBins, SliceValues, ValueSums } from "./outcomeProfile";

const counts = z.array(numberList);
const sums = {
  sumError: z.number(),
  sumAbsolute: z.number(),
  sumSquares: z.number(),
  sumTruth: z.number(),
  sumTruthSquares: z.number(),
};
const scores = objectOf<ScoreBins>({ rows: numberList, sums: numberList, labelled: numberList, positives: numberList });

/** How outcomes are stored. */
export const outcomeSchema = objectOf<OutcomeProfile>({
  predictions: z.int().min(0),
  labelled: z.int().min(0),
  classes: z.array(z.string()),
  confusion: counts,
  scores: z.record(z.string(), scores),
  sumBrier: z.number(),
  sumLogLoss: z.number(),
  values: objectOf<ValueSums>(sums).optional(),
  wrongInOrder: z.string(),
  slices: z.record(z.string(), counts),
  sliceValues: z.record(z.string(), objectOf<SliceValues>({ rows: z.int().min(0), ...sums })).optional(),
});
