import { z } from "zod";
import type { Trainer } from "../trainer";
import { featuresPerSplit, splitWidth } from "./featuresPerSplit";
import { fitForest } from "./fitForest";

const parameters = z.strictObject({
  trees: z.int().min(1).max(2000).default(100),
  maxDepth: z.int().min(1).max(32).default(16),
  /** distinct training rows that a leaf must hold */
  minLeafRows: z.int().min(1).default(5),
  /** "auto": the square root for classes, all for numbers (Geurts et al. 2006) */
  featuresPerSplit: featuresPerSplit.default("auto"),
  /** each tree sees a sample with replacement instead of all rows */
  bootstrap: z.boolean().default(false),
});

/**
 * Extremely randomised trees (Geurts, Ernst and Wehenkel 2006): all rows, the best of random cuts of some features at
 * each split.
 */
export const extraTrees: Trainer<z.output<typeof parameters>> = {
  learner: "extra-trees",
  tasks: ["classification", "regression"],
  parameters,
  fit(table, target, settings, context) {
    const featureCount = table.numbers.length + table.categories.length;
    const auto = target.task === "regression" ? featureCount : Math.sqrt(featureCount);
    const width = splitWidth(settings.featuresPerSplit, featureCount, auto);
    return fitForest("extra-trees", table, target, { ...settings, featuresPerSplit: width, cuts: "random" }, context);
  },
};
