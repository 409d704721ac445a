import { describe, expect, it } from "vitest";
import { closestName, noSuchName } from "../../shared/closestName";

const names = ["weather", "coffee-grade", "parcels"];

describe("a name that nothing is called", () => {
  it.each([
    ["wether", "weather"],
    ["weahter", "weather"],
    ["Weather", "weather"],
    ["cofee-grad", "coffee-grade"],
    ["parcel", "parcels"],
  ])("%s was probably meant as %s", (wrong, meant) => {
    expect(closestName(wrong, names)).toBe(meant);
  });

  it("is not guessed at where it is far from all", () => {
    expect(closestName("penguins", names)).toBeUndefined();
    expect(closestName("", names)).toBeUndefined();
  });

  it("is answered with the one that was meant and with all there are", () => {
    expect(noSuchName("use case", "wether", names)).toBe(
      'there is no use case "wether"; did you mean "weather"? There are weather, coffee-grade, parcels',
    );
    expect(noSuchName("use case", "x", ["weather"])).toBe('there is no use case "x"; there is only weather');
  });
});
