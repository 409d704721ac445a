import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isAppError } from "../../../shared/errors";
import type { FeatureDomain } from "../../../shared/onnx/featureDomain";
import type { ModelSignature } from "../../../shared/onnx/signature";
import type { TensorType } from "../../../shared/ports";
import { decodeRows } from "../../../shared/serving/decodeRows";

const signatureOf = (datatype: TensorType, domain?: FeatureDomain, nullable = true): ModelSignature => ({
  inputs: [{ name: "x", datatype, shape: [-1, 1] }],
  outputs: [],
  features: [{ name: "f", type: datatype === "BYTES" ? "category" : "number", nullable, input: "x", index: 0, domain }],
});

/** What one cell becomes, with its warning; or why it is refused. */
function read(cell: unknown, signature: ModelSignature): { value?: unknown; code?: string; fault?: string } {
  try {
    const { tensors, warnings } = decodeRows({ data: [[cell]] }, signature);
    return { value: tensors.x.data[0], ...(warnings && { code: warnings.first[0].code }) };
  } catch (error) {
    if (!isAppError(error, "invalid_input")) throw error;
    return { fault: error.details[0].message };
  }
}

const float = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.double({ min: -20, max: 20, noNaN: true }),
  fc.constantFrom(0.1, 5, 10, 10.000000001, 1e39, 3.4028235e38, -999),
);

describe("a number", () => {
  const domain = { min: 0.1, max: 10, sentinels: [5, -999] };

  it("is a value or missing by the range and the sentinels, all compared as 32-bit floats", () => {
    const signature = signatureOf("FP32", domain);
    fc.assert(
      fc.property(float, (cell) => {
        const rounded = Math.fround(cell);
        const isSentinel = rounded === 5 || rounded === -999;
        const isOutside = rounded < Math.fround(0.1) || rounded > 10;
        const missing = { value: Number.NaN, code: isSentinel ? "sentinel" : "out_of_range" };
        expect(read(cell, signature)).toEqual(isSentinel || isOutside ? missing : { value: rounded });
      }),
      { numRuns: 500, seed: 1 },
    );
  });

  it("is refused with the reason if it must not be missing", () => {
    const signature = signatureOf("FP32", domain, false);
    expect(read(-999, signature).fault).toBe(
      "it must not be missing: the use case declares this value to mean missing (f)",
    );
    expect(read(11, signature).fault).toBe("it must not be missing: the value is above the maximum, 10 (f)");
    expect(read(0, signature).fault).toBe("it must not be missing: the value is below the minimum, 0.1 (f)");
  });

  it.each<[TensorType, unknown, object]>([
    ["FP32", 1e39, { fault: "the number is too large for a 32-bit float (f)" }],
    ["FP64", 1e39, { value: 1e39 }],
    ["FP64", null, { value: Number.NaN }],
    ["INT64", 2 ** 53 - 1, { value: BigInt(2 ** 53 - 1) }],
    ["INT64", 2 ** 53, { fault: "a whole number is needed (f)" }],
    ["INT64", 0.5, { fault: "a whole number is needed (f)" }],
    ["INT32", -(2 ** 31), { value: -(2 ** 31) }],
    ["INT32", 2 ** 31, { fault: "the number is too large for a 32-bit integer (f)" }],
    ["BOOL", true, { value: 1 }],
    ["BOOL", 0, { value: 0 }],
    ["BOOL", 2, { fault: "true or false is needed (f)" }],
    ["FP32", true, { fault: "a number is needed (f)" }],
    ["FP32", "1", { fault: "a number is needed (f)" }],
    ["FP32", [1], { fault: "a number is needed (f)" }],
  ])("in an input of the type %s: %j", (datatype, cell, expected) => {
    expect(read(cell, signatureOf(datatype))).toEqual(expected);
  });
});

describe("a string", () => {
  const domain = { sentinels: ["?"], values: ["red", "blue", "?"], levels: ["red"] };
  const spaces = fc.constantFrom("", " ", "\u00a0", "\u3000 ");

  it("is trimmed, and is a value, unseen or missing, by what is declared and what training knew", () => {
    const known = fc.constantFrom("red", "blue", "?", "", "Red", "green");
    fc.assert(
      fc.property(spaces, known, spaces, (before, text, after) => {
        const codes: Record<string, string> = { blue: "unseen_category", "?": "sentinel" };
        const code = codes[text] ?? "unknown_category";
        const value = text === "red" || text === "blue" ? text : "";
        const isQuiet = text === "red" || text === "";
        expect(read(`${before}${text}${after}`, signatureOf("BYTES", domain))).toEqual({
          value,
          ...(!isQuiet && { code }),
        });
      }),
      { numRuns: 100, seed: 2 },
    );
  });

  it("stays as it is if nothing is declared", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(read(text, signatureOf("BYTES"))).toEqual({ value: text });
      }),
      { numRuns: 100, seed: 3 },
    );
  });

  it.each([1, true, ["red"], {}])("is not %j", (cell) => {
    expect(read(cell, signatureOf("BYTES", domain))).toEqual({ fault: "a text is needed (f)" });
  });

  it("is missing if it is null, where that is allowed", () => {
    expect(read(null, signatureOf("BYTES", domain))).toEqual({ value: "" });
    expect(read(null, signatureOf("BYTES", domain, false))).toEqual({ fault: "it must not be missing (f)" });
  });
});
