import { z } from "zod";
import type { Trainer } from "../trainer";
import { featuresPerSplit, splitWidth } from "./featuresPerSplit";
import { fitForest } from "./fitForest";

const parameters = z.strictObject({
  trees: z.int().min(1).max(2000).default(100),
  maxDepth: z.int().min(1).max(32).default(12),
  /** distinct training rows that a leaf must hold */
  minLeafRows: z.int().min(1).default(20),
  /** "auto": the square root for classes, a third for numbers (Breiman 2001) */
  featuresPerSplit: featuresPerSplit.default("auto"),
});

/**
 * A random forest (Breiman 2001): bootstrap samples, the best cut of some features at each split; Gini or squared
 * error.
 */
export const randomForest: Trainer<z.output<typeof parameters>> = {
  learner: "random-forest",
  tasks: ["classification", "regression"],
  parameters,
  fit(table, target, settings, context) {
    const featureCount = table.numbers.length + table.categories.length;
    const auto = target.task === "regression" ? featureCount / 3 : Math.sqrt(featureCount);
    const width = splitWidth(settings.featuresPerSplit, featureCount, auto);
    const plan = { ...settings, featuresPerSplit: width, bootstrap: true, cuts: "best" as const };
    return fitForest("random-forest", table, target, plan, context);
  },
};
