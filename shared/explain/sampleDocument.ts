import { z } from "zod";
import { documentType, longList, numberList, objectOf, unchanged } from "../documents";
import { selectionMetrics } from "../usecase/selectionSpec";
import { type ExplanationSample, isCell } from "./explanationSample";

const rows = z.array(longList(isCell, "a number, a text or null"));

/** The rows that a version's explanations are made with, a blob beside its run's other results. */
export const sampleDocument = documentType(
  objectOf<ExplanationSample>({
    features: z.array(z.string()),
    classes: z.array(z.string()),
    positiveIndex: z.int().min(0).optional(),
    decisionThreshold: z.number(),
    metric: z.enum(selectionMetrics),
    seed: z.number(),
    background: rows,
    holdout: z.object({ rows, target: numberList }),
  }),
  [unchanged],
);
