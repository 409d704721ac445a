import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type DocumentType, documentText, parseDocument, readRow } from "../../shared/documents";
import type { TableRow } from "../../shared/ports";
import form0 from "../fixtures/storedDocuments/form0.json";

/** A stored document before it is read. */
// biome-ignore lint/suspicious/noExplicitAny: broken ones are made of it, so that no type holds
type Stored = any;

interface Family<T extends object> {
  type: DocumentType<T>;
  /** what is written and read back */
  samples: fc.Arbitrary<T>;
  /**
   * name of the documents that commit c3ce110 stored, in tests/fixtures/storedDocuments/form0.json; absent for kinds
   * that have had a form from the start
   */
  recorded?: keyof typeof form0;
  /** what one of them is read as; by default as it was stored */
  upgraded?: (stored: Stored) => unknown;
  /** the field that is named, and what is done to a document of the current form */
  broken: [path: string, change: (document: Stored) => void][];
}

interface RowFamily<T extends object> extends Family<T> {
  table: string;
  /** the columns of a row; by default the fields themselves */
  columns?: (sample: T) => Stored;
}

/** How a family reaches storage and comes back. */
interface Way<T extends object> {
  place: string;
  written(sample: T): Stored;
  read(stored: Stored): T;
}

/** What every kind of stored document must do. */
export function documentSuite<T extends object>(name: string, family: Family<T>): void {
  const read = (stored: Stored) => parseDocument(family.type, Buffer.from(JSON.stringify(stored)), "box/a/b.json");
  const written = (sample: T) => JSON.parse(documentText(family.type, sample));
  suite(name, family, { place: "the stored document box/a/b.json", read, written });
}

/** What every kind of table row must do. */
export function rowSuite<T extends object>(name: string, family: RowFamily<T>): void {
  const { type, table, columns = (sample: T) => sample } = family;
  const read = (stored: Stored) => readRow(type, table, stored as TableRow);
  const key = { partitionKey: "p", rowKey: "r", etag: "x" };
  const written = (sample: T) => JSON.parse(JSON.stringify({ ...columns(sample), ...key, form: type.form }));
  suite(name, family, { place: `the row "r" of partition "p" in table ${table}`, read, written });
}

function suite<T extends object>(name: string, family: Family<T>, { place, read, written }: Way<T>): void {
  const { type, samples, recorded, upgraded = (stored: Stored) => stored, broken } = family;

  describe(name, () => {
    test("is read back as it was written", () => {
      fc.assert(
        fc.property(samples, (sample) => {
          expect(read(written(sample))).toEqual(sample);
        }),
      );
    });

    test.each((recorded ? form0[recorded] : []).map((stored, i) => [i, stored]))(
      "that was stored before forms is read: %i",
      (_i, stored) => {
        expect(read(stored)).toEqual(upgraded(stored));
      },
    );

    test.each(broken)("that is broken names its place and the field: %s", (path, change) => {
      const [sample] = fc.sample(samples, { numRuns: 1, seed: 1 });
      const stored = written(sample);
      change(stored);
      expect(() => read(stored)).toThrow(
        expect.objectContaining({
          code: "corrupt",
          message: expect.stringContaining(`${place} cannot be read: ${path}: `),
        }),
      );
    });

    test("of a newer release is refused", () => {
      const [sample] = fc.sample(samples, { numRuns: 1, seed: 1 });
      expect(() => read({ ...written(sample), form: type.form + 1 })).toThrow(
        expect.objectContaining({ code: "unavailable", message: expect.stringContaining(`${place} has form `) }),
      );
    });

    test("with a field of a newer release is read without it", () => {
      const [sample] = fc.sample(samples, { numRuns: 1, seed: 1 });
      expect(read({ ...written(sample), laterField: 1 })).toEqual(sample);
    });
  });
}

/** A number that JSON keeps as it is. */
export const real = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
/** A computed number, NaN where it is undefined. */
export const computed = fc.oneof({ arbitrary: real, weight: 9 }, { arbitrary: fc.constant(Number.NaN), weight: 1 });
/** Specs and graphs may not use the name "__proto__", and a schema drops a key of that name. */
export const text = fc.string().filter((one) => one !== "__proto__");
export const texts = fc.array(text, { maxLength: 3 });
export const count = fc.nat();
export const version = fc.integer({ min: 1, max: 1e6 });
/** Fields whose names are not known beforehand. */
export const freeFields = fc.dictionary(
  fc.constantFrom("a", "toString", "größe", "form"),
  fc.oneof(text, real, texts),
  {
    maxKeys: 3,
    noNullPrototype: true,
  },
);

/** Objects whose fields beside `required` may be absent. */
export function objects<T extends object>(
  required: readonly (keyof T)[],
  fields: { [K in keyof T]-?: fc.Arbitrary<T[K]> },
): fc.Arbitrary<T> {
  const requiredKeys = required as readonly never[];
  return fc.record(fields as Record<string, fc.Arbitrary<unknown>>, {
    requiredKeys: [...requiredKeys],
    noNullPrototype: true,
  }) as fc.Arbitrary<T>;
}
