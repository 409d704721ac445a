import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { jsonFault } from "../../shared/jsonFault";

describe("the fault of a text that is not JSON", () => {
  it.each([
    ["", 1, 1, "the text ends where a value is needed"],
    ["{", 1, 2, "a name in double quotes is needed"],
    ['{\n  "a": 1\n  "b": 2\n}', 3, 3, "a comma or } is missing before this"],
    ['{"a": [1, 2,]}', 1, 13, "] follows a comma: remove the comma"],
    ['{"a": 1,\n}', 2, 1, "} follows a comma: remove the comma"],
    ['{"a" 1}', 1, 6, "a colon is missing before this"],
    ["{'a': 1}", 1, 2, "JSON allows double quotes only"],
    ["{ // a note\n}", 1, 3, "JSON has no comments: remove it"],
    ['{"a": tru}', 1, 7, "a value is needed"],
    ['{"a": 01}', 1, 7, "a value is needed"],
    ['{"a": "line\nbreak"}', 1, 7, "the text that starts here does not end, or holds a line break or a wrong escape"],
    ['{"a": 1', 1, 8, "} is missing at the end"],
    ['{"a": [1, NaN]}', 1, 11, "JSON has no such value: write null where it is unknown"],
    ['{"a": -Infinity}', 1, 7, "JSON has no such value: write null where it is unknown"],
    ['{"a": None}', 1, 7, "JSON has no such value: write null where it is unknown"],
    ['{"a": namely}', 1, 7, "a value is needed"],
    ['{"a": 1}}', 1, 9, "there is more text after the end"],
  ])("%j is at line %i, column %i", (text, line, column, message) => {
    expect(() => JSON.parse(text)).toThrow();
    expect(jsonFault(text)).toEqual({ line, column, message });
  });

  it("is found in texts of many brackets and of long strings", () => {
    const deep = jsonFault("[".repeat(1_000_000));
    expect(deep).toEqual({ line: 1, column: 201, message: "lists and objects are nested more than 200 deep" });
    const side = `${"[".repeat(150)}${"]".repeat(150)}`;
    expect(jsonFault(`[${side},${side},NaN]`).message).toContain("write null");
    expect(jsonFault(`["${"a".repeat(20_000_000)}\\n", NaN]`)).toMatchObject({ column: 20_000_008 });
  });

  it("is found wherever JSON.parse finds one, and nowhere else", () => {
    const cut = fc.tuple(fc.json(), fc.nat(), fc.constantFrom("", ",", "}", '"', "x", "\n", "/", "0"));
    fc.assert(
      fc.property(cut, ([json, at, inserted]) => {
        const place = at % (json.length + 1);
        const text = json.slice(0, place) + inserted + json.slice(place + 1);
        const isJson = (() => {
          try {
            JSON.parse(text);
            return true;
          } catch {
            return false;
          }
        })();
        expect(jsonFault(text).message === "it is not valid JSON").toBe(isJson);
      }),
      { seed: 1, numRuns: 2000 },
    );
  });
});
