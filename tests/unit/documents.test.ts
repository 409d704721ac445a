import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import {
  documentText,
  documentType,
  jsonColumn,
  longList,
  numberList,
  objectOf,
  parseDocument,
  readDocument,
  readRow,
  unchanged,
} from "../../shared/documents";

interface Note {
  title: string;
  pages?: number[];
}

const note = objectOf<Note>({ title: z.string(), pages: numberList.optional() });
/** form 0: a bare title; form 1: `name` in place of `title` */
const notes = documentType(note, [
  z.string().transform((name) => ({ name })),
  z.object({ name: z.string() }).transform(({ name }) => ({ title: name })),
]);

const bytesOf = (text: string) => Buffer.from(text);
const read = (stored: unknown) => parseDocument(notes, bytesOf(JSON.stringify(stored)), "notes/a.json");

describe("a stored document", () => {
  test("is read back as it was written, with its form", () => {
    const samples = fc.record(
      { title: fc.string(), pages: fc.array(fc.double({ noNaN: true, noDefaultInfinity: true })) },
      { requiredKeys: ["title"] },
    );
    fc.assert(
      fc.property(samples, (sample) => {
        const text = documentText(notes, sample);
        expect(JSON.parse(text).form).toBe(2);
        expect(parseDocument(notes, bytesOf(text), "notes/a.json")).toEqual(JSON.parse(JSON.stringify(sample)));
      }),
    );
  });

  test.each([
    ["without a form", "a"],
    ["of form 1", { form: 1, name: "a" }],
    ["of the current form", { form: 2, title: "a" }],
    ["with a field of a newer release", { form: 2, title: "a", colour: "red" }],
  ])("%s is read as the current form", (_what, stored) => {
    expect(read(stored)).toEqual({ title: "a" });
  });

  test.each([
    [{ form: 2, title: 7 }, "title: a text is needed"],
    [{ form: 2 }, "title: it is missing; a text is needed"],
    [{ form: 2, title: "a", pages: [1, 2, "3"] }, "pages.2: a number is needed"],
    [{ form: 2, title: "a", pages: {} }, "pages: a list is needed"],
    [{ form: 1, title: "a" }, "name: it is missing; a text is needed"],
    [{ name: "a" }, "a text is needed"],
    [null, "a text is needed"],
  ])("that does not match the schema names its place and the field: %j", (stored, fault) => {
    expect(() => read(stored)).toThrow(
      expect.objectContaining({
        code: "corrupt",
        message: `the stored document notes/a.json cannot be read: ${fault}; put the original back`,
      }),
    );
  });

  test("that is not JSON names its place, the line and the column", () => {
    expect(() => parseDocument(notes, bytesOf('{\n  "title": }'), "notes/a.json")).toThrow(
      expect.objectContaining({
        code: "corrupt",
        message:
          "the stored document notes/a.json cannot be read: it is not valid JSON (line 2, column 12): a value is needed; put the original back",
      }),
    );
  });

  test("of a newer form is unavailable: a worker of the newer release can read it", () => {
    expect(() => read({ form: 3, title: "a" })).toThrow(
      expect.objectContaining({
        code: "unavailable",
        message: expect.stringContaining(
          "the stored document notes/a.json has form 3, and this release reads forms up to 2",
        ),
      }),
    );
  });

  test.each(["x", 1.5, -1, null, {}])("whose form is not a whole number is refused: %j", (form) => {
    const message = expect.stringContaining("notes/a.json cannot be read: form: a whole number from 0 is needed; put");
    expect(() => read({ form, title: "a" })).toThrow(expect.objectContaining({ code: "corrupt", message }));
    const free = documentType(z.looseObject({}), [unchanged], { isFreeAtFirst: true });
    expect(parseDocument(free, bytesOf(JSON.stringify({ form })), "notes/a.json")).toEqual({ form });
  });

  test("that does not exist is undefined", async () => {
    const blobs = { read: async () => undefined };
    expect(await readDocument(blobs, { container: "notes", name: "a.json" }, notes)).toBeUndefined();
  });

  test("is named by its container and name", async () => {
    const blobs = { read: async () => bytesOf("{") };
    const reading = readDocument(blobs, { container: "notes", name: "b/a.json" }, notes);
    await expect(reading).rejects.toThrow("notes/b/a.json");
  });

  test("reports only the first faults of a long list", () => {
    const many = documentType(z.object({ all: z.array(z.string()) }), []);
    const bytes = bytesOf(JSON.stringify({ all: Array(1000).fill(1) }));
    expect(() => parseDocument(many, bytes, "a/b")).toThrow(
      expect.objectContaining({ details: expect.objectContaining({ length: 20 }) }),
    );
  });
});

describe("a table row", () => {
  const row = { partitionKey: "p", rowKey: "r:1", etag: "x" };
  const rows = documentType(z.object({ tags: jsonColumn(z.array(z.string())) }), [unchanged]);

  test("is read without its keys, its JSON columns parsed", () => {
    expect(readRow(rows, "notes", { ...row, tags: '["a"]' })).toEqual({ tags: ["a"] });
  });

  test.each([
    ["[1]", "tags.0: a text is needed"],
    ["[", "tags: it is not valid JSON (line 1, column 2): the text ends where a value is needed"],
    [undefined, "tags: it is missing; a text is needed"],
  ])("that does not match the schema names table, partition, row and column: %j", (tags, fault) => {
    expect(() => readRow(rows, "notes", { ...row, tags })).toThrow(
      expect.objectContaining({
        code: "corrupt",
        message: `the row "r:1" of partition "p" in table notes cannot be read: ${fault}`,
      }),
    );
  });

  test("of a newer form is refused", () => {
    expect(() => readRow(rows, "notes", { ...row, form: 2, tags: "[]" })).toThrow("has form 2");
  });
});

test("a long list is checked by its own test of an entry", () => {
  const isCell = (value: unknown): value is string | null => value === null || typeof value === "string";
  const cells = documentType(objectOf<{ cells: (string | null)[] }>({ cells: longList(isCell, "a text or null") }), []);
  const parse = (stored: unknown) => parseDocument(cells, bytesOf(JSON.stringify(stored)), "a/b");
  expect(parse({ cells: ["a", null] })).toEqual({ cells: ["a", null] });
  expect(() => parse({ cells: ["a", 1] })).toThrow("cells.1: a text or null is needed");
});
