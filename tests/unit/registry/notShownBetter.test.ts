import { expect, it } from "vitest";
import { notShownBetter, notShownBetterText } from "../../../shared/registry/notShownBetter";

const against = (name: string, low: number, high: number) => ({
  against: name,
  difference: (low + high) / 2,
  low,
  high,
  confidence: 0.95,
});

it("names the baselines whose interval includes zero, and never the champion", () => {
  const differences = [against("majority", -0.03, -0.01), against("persistence", -0.01, 0.002)];
  expect(notShownBetter([...differences, against("champion", -1, 1)])).toEqual(["persistence"]);
  expect(notShownBetter([differences[0]])).toBeUndefined();
  expect(notShownBetter(undefined)).toBeUndefined();
});

it("says so in words", () => {
  expect(notShownBetterText(["persistence"])).toBe("not shown better than the persistence baseline");
  expect(notShownBetterText(["majority", "persistence"])).toBe(
    "not shown better than the majority and persistence baselines",
  );
});
