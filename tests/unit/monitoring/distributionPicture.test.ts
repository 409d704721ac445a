import { describe, expect, it } from "vitest";
import { distributionPicture } from "../../../shared/monitoring/distributionPicture";
import {
  addCategory,
  addNumber,
  type CategoryBins,
  type CategoryProfile,
  emptyProfile,
  type NumberBins,
  type NumberProfile,
} from "../../../shared/monitoring/profile";

const pressure: NumberBins = { name: "Pressure", type: "number", edges: [1000, 1010, 1020], fences: [990, 1030] };
const numbers = (...values: number[]) => {
  const [profile] = emptyProfile([pressure]).features as NumberProfile[];
  for (const value of values) addNumber(pressure, profile, value);
  return profile;
};

const kind: CategoryBins = { name: "Kind", type: "category", levels: [..."abcdefghijk"] };
const texts = (...values: string[]) => {
  const [profile] = emptyProfile([kind]).features as CategoryProfile[];
  for (const value of values) addCategory(new Map(kind.levels.map((level, at) => [level, at])), profile, value);
  return profile;
};

describe("the picture of a feature", () => {
  it("that is a number says what it shows: means, ranges and the ends of its axis", () => {
    const picture = distributionPicture(pressure, numbers(1000, 1010, 1020), numbers(995, 1005));
    expect(picture).toMatchObject({ title: "Pressure", scale: ["995", "1008", "1020"], scaleAt: "ends" });
    expect(picture?.description).toBe("Pressure: at training a mean of 1010 (1000 to 1020), now 1000 (995 to 1005).");
    expect(picture?.png.length).toBeGreaterThan(500);
  });

  it("is not drawn out by one value that is far away", () => {
    const picture = distributionPicture(pressure, numbers(1000, 1010, 1020), numbers(1005, 1e9));
    expect(picture?.scale.at(-1)).toBe("1030");
  });

  it("that is a category has a part for each of the most frequent values, what was never seen among them", () => {
    const picture = distributionPicture(kind, texts(..."aaabbcdefghijk"), texts("a", "new", "new", ""));
    expect(picture).toMatchObject({
      scale: ["never seen", "a", "b", "c", "d", "e", "f", "others"],
      scaleAt: "middles",
    });
    expect(picture?.description).toContain("never seen 0 % to 66.7 %, a 21.4 % to 33.3 %");
  });

  it("is drawn of one value on both sides, and of features without edges", () => {
    expect(distributionPicture(pressure, numbers(1000), numbers(1000))?.png.length).toBeGreaterThan(100);
    const constant: NumberBins = { name: "Constant", type: "number", edges: [] };
    const [training] = emptyProfile([constant]).features as NumberProfile[];
    addNumber(constant, training, 7);
    expect(distributionPicture(constant, training, training)?.scale).toEqual(["7", "7.5", "8"]);
  });

  it("is not there where either side has no known value", () => {
    expect(distributionPicture(pressure, numbers(1000), numbers(Number.NaN))).toBeUndefined();
    expect(distributionPicture(kind, texts(), texts("a"))).toBeUndefined();
  });
});
