import { describe, expect, it } from "vitest";
import { metricName, metricNote, metricTitle } from "../../../shared/evaluation/metricWords";

describe("a metric in words", () => {
  it("has a capital as a heading, and none within a sentence where it is not a name or an acronym", () => {
    expect(["logLoss", "brier", "rmse", "mcc", "mystery"].map(metricName)).toEqual([
      "log loss",
      "Brier score",
      "RMSE",
      "MCC",
      "mystery",
    ]);
    expect(metricTitle("logLoss")).toBe("Log loss");
  });

  it("is described as a mean where there are more than two classes", () => {
    expect(metricNote("precision", 2)).toBe("higher is better: share of rows decided positive that are positive");
    expect(metricNote("precision", 3)).toMatch(/; the mean over the classes, each against the rest$/);
    expect(metricNote("accuracy", 3)).toBe("higher is better: share of decisions that are correct");
    expect(metricNote("mystery")).toBeUndefined();
  });
});
