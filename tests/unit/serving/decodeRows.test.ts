import { describe, expect, it } from "vitest";
import type { AppError } from "../../../shared/errors";
import { readSignature } from "../../../shared/onnx/signature";
import { decodeRows } from "../../../shared/serving/decodeRows";
import { warningFields } from "../../../shared/serving/rowWarnings";

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
          { colour: "red", weight: 2, size: 1.5 },
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
      { path: "rows[0].size", message: "a number is needed" },
      { path: "rows[0].colour", message: "a text is needed" },
      { path: "rows[0].weight", message: "it must not be missing" },
    ]);
    expect(JSON.stringify(error.details) + error.message).not.toContain("secret");
  });

  it("names the feature if the path is a position", () => {
    expect(faultsOf({ data: [["secret", 7, null]] }).details).toEqual([
      { path: "data[0][0]", message: "a number is needed (size)" },
      { path: "data[0][1]", message: "a text is needed (colour)" },
      { path: "data[0][2]", message: "it must not be missing (weight)" },
    ]);
  });

  it("asks for null if a field is absent", () => {
    expect(faultsOf({ rows: [{ colour: "red", weight: 1 }] }).details[0]).toEqual({
      path: "rows[0].size",
      message: "it is missing; send null where the value is unknown",
    });
  });

  it("refuses rows of another width and says what is needed", () => {
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
    ["not an object", 5],
    ["null", null],
    ["neither form", {}],
    ["both forms", { data: [], rows: [] }],
    ["rows that are not an array", { rows: {} }],
    ["a row that is not an object", { rows: [3] }],
    ["a number beyond 32-bit floats", { data: [[1e39, "red", 1]] }],
    ["a boolean as a number", { data: [[true, "red", 1]] }],
  ])("refuses %s", (_name, body) => {
    expect(faultsOf(body).code).toBe("invalid_input");
  });

  it.each(["data", "rows"])("asks for at least one row in %s", (form) => {
    expect(() => decodeRows({ [form]: [] }, signature)).toThrow(
      expect.objectContaining({
        code: "invalid_input",
        message: `"${form}" contains no rows: send at least one`,
        details: [{ path: form, message: "at least one row is needed" }],
      }),
    );
  });

  it("lists at most twenty faults", () => {
    expect(faultsOf({ data: Array.from({ length: 50 }, () => ["x", "red", 1]) }).details).toHaveLength(20);
  });
});

const guarded = readSignature(graph, [
  { name: "size", type: "number", nullable: true, domain: { min: 0, max: 10, sentinels: [5, -999] } },
  {
    name: "colour",
    type: "category",
    nullable: true,
    domain: { sentinels: ["unknown"], values: ["red", "green", "blue"], levels: ["green", "red"] },
  },
  { name: "weight", type: "number", nullable: false, domain: { min: 0.1, sentinels: [] } },
]);
const read = (...rows: unknown[][]) => decodeRows({ data: rows }, guarded);

describe("cells that the use case does not accept as values", () => {
  it("are missing, each with its path and the reason", () => {
    const { tensors, warnings } = read(
      [-999, "red", 1],
      [10.5, " green ", 1],
      [-0.5, "Red", 1],
      [5, "unknown", 1],
      [10, "blue", 1],
      [null, "", 1],
    );
    const { data } = tensors.numbers;
    expect([0, 2, 4, 6, 8, 10].map((at) => data[at])).toEqual([
      Number.NaN,
      Number.NaN,
      Number.NaN,
      Number.NaN,
      10,
      Number.NaN,
    ]);
    expect(tensors.categories.data).toEqual(["red", "green", "", "", "blue", ""]);
    expect(warnings?.counts).toEqual({ sentinel: 3, out_of_range: 2, unknown_category: 1, unseen_category: 1 });
    expect(warnings?.first).toEqual([
      { path: "data[0][0]", code: "sentinel", message: "the use case declares this value to mean missing" },
      { path: "data[1][0]", code: "out_of_range", message: "the value is above the maximum, 10; it counts as missing" },
      { path: "data[2][0]", code: "out_of_range", message: "the value is below the minimum, 0; it counts as missing" },
      { path: "data[3][0]", code: "sentinel", message: "the use case declares this value to mean missing" },
      {
        path: "data[2][1]",
        code: "unknown_category",
        message: "the text is not one of red, green, blue; it counts as missing",
      },
      { path: "data[3][1]", code: "sentinel", message: "the use case declares this text to mean missing" },
      { path: "data[4][1]", code: "unseen_category", message: "no training row had this text; it counts as missing" },
    ]);
  });

  it("are faults if the value must not be missing", () => {
    expect(() => read([1, "red", -3])).toThrow(
      "data[0][2]: it must not be missing: the value is below the minimum, 0.1 (weight)",
    );
  });

  it("are compared as float32, as the model gets them", () => {
    expect(read([10.000000001, "red", 0.1]).warnings).toBeUndefined();
    expect(read([10.00001, "red", 0.1]).warnings?.counts).toEqual({ out_of_range: 1 });
    expect(read([1e39, "red", 1]).warnings?.counts).toEqual({ out_of_range: 1 });
    expect(() => read([1, "red", 1e39])).toThrow("too large for a 32-bit float");
  });

  it("cause no warning without a domain, as in older versions", () => {
    expect(decodeRows({ data: [[-999, "mauve", -3]] }, signature).warnings).toBeUndefined();
  });

  it("may come with fields that the model does not know, which are named without their values", () => {
    const { warnings } = decodeRows({ rows: [{ size: 1, colour: "red", weight: 1, colour_code: "secret" }] }, guarded);
    expect(warnings).toEqual({
      counts: { unknown_field: 1 },
      first: [
        {
          path: "rows[0].colour_code",
          code: "unknown_field",
          message: "the model has no such feature; the field was ignored",
        },
      ],
    });
  });

  it("may come with fields beside the rows that are not options of the request", () => {
    const body = { rows: [{ size: 1, colour: "red", weight: 1 }], foo: "secret", method: "tree" };
    expect(decodeRows(body, guarded, { options: ["method"] }).warnings).toEqual({
      counts: { unknown_field: 1 },
      first: [{ path: "foo", code: "unknown_field", message: "a request has no such field; it was ignored" }],
    });
    expect(decodeRows({ data: [[1, "red", 1]], foo: 1 }, signature).warnings?.counts).toEqual({ unknown_field: 1 });
  });

  it("may come with columns that the use case declares beside the features, without a warning for these", () => {
    const row = { at: "2013-07-01T00:00:00Z", size: 1, colour: "red", weight: 1 };
    const context = ["at", "station"];
    expect(decodeRows({ rows: [row] }, guarded, { context })).toEqual(decodeRows({ data: [[1, "red", 1]] }, guarded));
    const { warnings } = decodeRows({ rows: [row, { ...row, At: "secret", station: "x" }] }, guarded, { context });
    expect(warnings?.counts).toEqual({ unknown_field: 1 });
    expect(warnings?.first[0].path).toBe("rows[1].At");
  });

  it("are listed up to twenty, and counted beyond that", () => {
    const { warnings } = read(...Array.from({ length: 50 }, () => [99, "mauve", 1]));
    expect(warnings?.first).toHaveLength(20);
    expect(warningFields(warnings)).toMatchObject({ moreWarnings: 80 });
  });
});

describe("features whose names every object inherits", () => {
  const names = ["toString", "constructor", "hasOwnProperty"];
  const odd = readSignature(
    { ...graph, inputs: [{ name: "numbers", datatype: "FP32" as const, shape: [-1, 3] }] },
    names.map((name) => ({ name, type: "number" as const, nullable: true })),
  );

  it("are read from the row itself, and required if they are absent", () => {
    const { tensors } = decodeRows({ rows: [{ toString: 1, constructor: 2, hasOwnProperty: 3 }] }, odd);
    expect([...tensors.numbers.data]).toEqual([1, 2, 3]);
    expect(() => decodeRows({ rows: [{ constructor: 2, hasOwnProperty: 3 }] }, odd)).toThrow(
      "rows[0].toString: it is missing; send null where the value is unknown",
    );
  });
});
