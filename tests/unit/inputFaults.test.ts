import { describe, expect, it } from "vitest";
import { z } from "zod";
import { checkInput } from "../../shared/checkInput";
import { isAppError } from "../../shared/errors";
import { specFields } from "../../shared/usecase/specFields";

function faultsOf(value: unknown, schema: z.ZodType): { path: string; message: string }[] {
  try {
    checkInput(value, schema);
  } catch (error) {
    if (isAppError(error, "invalid_input")) return error.details;
    throw error;
  }
  return [];
}

const kind = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("a"), size: z.number() }),
  z.strictObject({ kind: z.literal("b") }),
]);

describe("what is said of an input that does not fit", () => {
  it.each<[string, z.ZodType, unknown]>([
    ["a number is needed", z.number(), "7"],
    ["a finite number is needed", z.number(), Number.NaN],
    ["a whole number is needed", z.int(), 0.5],
    ["a text is needed", z.string(), 7],
    ["true or false is needed", z.boolean(), "yes"],
    ["a list is needed", z.array(z.number()), {}],
    ["an object is needed", z.object({}), []],
    ["an object is needed", z.record(z.string(), z.number()), 1],
    ["it is missing; a text is needed", z.string(), undefined],
    ['use one of "a", "b"', z.enum(["a", "b"]), "c"],
    ['use "a"', z.literal("a"), "c"],
    ["it must be at least 1", z.number().min(1), 0],
    ["it must be above 0", z.number().positive(), 0],
    ["it must be at most 5", z.number().max(5), 6],
    ["it must be below 1", z.number().lt(1), 1],
    ["it must not be empty", z.string().min(1), ""],
    ["at least 3 characters are needed", z.string().min(3), "ab"],
    ["at most 2 characters are allowed", z.string().max(2), "abc"],
    ["at least one entry is needed", z.array(z.number()).min(1), []],
    ["at most 1 entries are allowed", z.array(z.number()).max(1), [1, 2]],
    ["a time in ISO 8601 with a zone is needed, such as 2024-07-01T00:00:00Z", z.iso.datetime(), "today"],
    ["an absolute address is needed, such as https://example.org/", z.url(), "here"],
    ["a number, a text or null is needed", z.union([z.number(), z.string(), z.null()]), []],
    ["use words of your own", z.string("use words of your own"), 7],
  ])("%s", (message, schema, value) => {
    expect(faultsOf({ field: value }, z.object({ field: schema }))).toEqual([{ path: "field", message }]);
  });

  it("names each unknown field, and which form it may have", () => {
    expect(faultsOf({ a: 1, b: 2 }, z.strictObject({}))).toEqual([
      { path: "a", message: "unknown field" },
      { path: "b", message: "unknown field" },
    ]);
    expect(faultsOf({ one: { kind: "c" } }, z.object({ one: kind }))).toEqual([
      { path: "one.kind", message: 'use one of "a", "b"' },
    ]);
    expect(faultsOf({ one: { kind: "a", size: "large", extra: 1 } }, z.object({ one: kind }))).toEqual([
      { path: "one.size", message: "a number is needed" },
      { path: "one.extra", message: "unknown field" },
    ]);
  });

  it("speaks of the form that was meant, where one of several fits but for a detail", () => {
    const list = z.union([z.array(z.number()).min(1), z.strictObject({ from: z.number(), to: z.number() })]);
    expect(faultsOf({ values: { from: 1, until: 2 } }, z.object({ values: list }))).toEqual([
      { path: "values.to", message: "it is missing; a number is needed" },
      { path: "values.until", message: "unknown field" },
    ]);
    expect(faultsOf({ values: [] }, z.object({ values: list }))).toEqual([
      { path: "values", message: "at least one entry is needed" },
    ]);
    expect(faultsOf({ values: 3 }, z.object({ values: list }))).toEqual([
      { path: "values", message: "a list or an object is needed" },
    ]);
  });

  it("never has the words of the library, whatever a spec is filled with", () => {
    const library = /invalid|expected|received|unrecognized|too (small|big)|input:|must match pattern/i;
    for (const value of [null, 1.5, -1, "", "text", [], {}, [[]], [{}], { a: { type: "x" } }, { kind: "x" }])
      for (const name of Object.keys(specFields.shape))
        for (const { message } of faultsOf({ [name]: value }, specFields)) expect(message).not.toMatch(library);
  });
});
