import { describe, expect, it } from "vitest";
import type { FeatureDomain } from "../../../shared/onnx/featureDomain";
import type { FeatureSlot, ModelSignature } from "../../../shared/onnx/signature";
import { columnReaders } from "../../../shared/serving/columnReader";

const largest = 3.4028234663852886e38;
const signatureOf = (...features: Partial<FeatureSlot>[]): ModelSignature => ({
  inputs: [],
  outputs: [],
  features: features.map((slot) => ({ name: "size", type: "number", nullable: true, input: "x", index: 0, ...slot })),
});
const readerOf = (slot: Partial<FeatureSlot>) => columnReaders(signatureOf(slot))[0];

describe("how the cells of a feature are read", () => {
  it("is worked out once per signature", () => {
    const signature = signatureOf({}, { name: "weight" });
    expect(columnReaders(signature)).toBe(columnReaders(signature));
    expect(columnReaders(signature).map(({ slot }) => slot.name)).toEqual(["size", "weight"]);
  });

  it("accepts every finite 32-bit float if nothing is declared", () => {
    expect(readerOf({})).toMatchObject({ low: -largest, high: largest, isFree: true, isInherited: false });
    expect(readerOf({}).sentinels).toBeUndefined();
  });

  it("uses the declared range as 32-bit floats, and the sentinels inside it", () => {
    const domain: FeatureDomain = { min: 0.1, max: 1e300, sentinels: [-999, 5, 5.000000001] };
    const { low, high, sentinels, isFree } = readerOf({ domain });
    expect({ low, high, sentinels, isFree }).toEqual({
      low: Math.fround(0.1),
      high: largest,
      sentinels: [5],
      isFree: false,
    });
  });

  it("needs no further check of strings that training knew and the use case allows", () => {
    const texts = (domain: FeatureDomain) => readerOf({ type: "category", domain }).known;
    expect(texts({ sentinels: ["?"], values: ["red", "?", "", "blue"] })).toEqual(new Set(["red", "blue"]));
    expect(texts({ sentinels: [], values: ["red", "blue"], levels: ["red"] })).toEqual(new Set(["red"]));
    expect(texts({ sentinels: ["?"] })).toBeUndefined();
  });

  it("recognises names that every object inherits", () => {
    expect(["toString", "__proto__", "size"].map((name) => readerOf({ name }).isInherited)).toEqual([
      true,
      true,
      false,
    ]);
  });
});
