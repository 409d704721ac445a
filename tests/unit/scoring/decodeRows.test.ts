import { describe, expect, it } from "vitest";
import type { AppError } from "../../../shared/errors";
import { readSignature } from "../../../shared/onnx/signature";
import { decodeRows } from "../../../shared/scoring/decodeRows";

const graph = {
  inputs: [
    { name: "numbers", datatype: "FP32" as const, shape: [-1, 2] },
    { name: "categories", datatype: "BYTES" as const, shape: [-1, 1] },
  ],
  outputs: [
    { name: "label", datatype: "BYTES" as const, shape: [-1] },
    { name: "probabilities", datatype: "FP32" as const, shape: [-1, 2] },
  ],
};
const signature = readSignature(graph, [
  { name: "size", type: "number", nullable: true },
  { name: "colour", type: "category", nullable: true },
  { name: "weight", type: "number", nullable: false },
]);

function faultsOf(body: unknown): AppError {
  try {
    decodeRows(body, signature);
  } catch (error) {
    return error as AppError;
  }
  throw new Error("nothing was thrown");
}

describe("decoding rows", () => {
  it("reads rows by position and rows by name into the same tensors", () => {
    const byPosition = decodeRows(
      {
        data: [
          [1.5, "red", 2],
          [null, null, 3],
        ],
      },
      signature,
    );
    const byName = decodeRows(
      {
        rows: [
          { colour: "red", weight: 2, size: 1.5, more: "ignored" },
          { size: null, colour: null, weight: 3 },
        ],
      },
      signature,
    );
    expect(byName).toEqual(byPosition);
    expect(byPosition.rowCount).toBe(2);
    expect([...byPosition.tensors.numbers.data]).toEqual([1.5, 2, Number.NaN, 3]);
    expect(byPosition.tensors.categories.data).toEqual(["red", ""]);
  });

  it("names every field at fault without repeating what was sent", () => {
    const error = faultsOf({ rows: [{ size: "secret", colour: 7, weight: null }] });
    expect(error.code).toBe("invalid_input");
    expect(error.details).toEqual([
      { path: "rows[0].size", message: "a number is needed (size)" },
      { path: "rows[0].colour", message: "text is needed (colour)" },
      { path: "rows[0].weight", message: "weight must not be missing" },
    ]);
    expect(JSON.stringify(error.details) + error.message).not.toContain("secret");
  });

  it("asks for null where a field is absent", () => {
    expect(faultsOf({ rows: [{ colour: "red", weight: 1 }] }).details[0]).toEqual({
      path: "rows[0].size",
      message: "size is missing; send null where the value is unknown",
    });
  });

  it("refuses rows of another width, and says what is needed", () => {
    expect(
      faultsOf({
        data: [
          [1, "red", 2],
          [1, "red"],
        ],
      }).details,
    ).toEqual([{ path: "data[1]", message: "3 values are needed: size, colour, weight" }]);
  });

  it.each([
    ["no object", 5],
    ["null", null],
    ["neither form", {}],
    ["both forms", { data: [], rows: [] }],
    ["rows that are no array", { rows: {} }],
    ["a row that is no object", { rows: [3] }],
    ["a number beyond 32-bit floats", { data: [[1e39, "red", 1]] }],
    ["a boolean as a number", { data: [[true, "red", 1]] }],
  ])("refuses %s", (_name, body) => {
    expect(faultsOf(body).code).toBe("invalid_input");
  });

  it("takes no rows as no rows", () => {
    expect(decodeRows({ data: [] }, signature).rowCount).toBe(0);
  });

  it("lists at most twenty faults", () => {
    expect(faultsOf({ data: Array.from({ length: 50 }, () => ["x", "red", 1]) }).details).toHaveLength(20);
  });
});
