import { z } from "zod";
import { AppError, isAppError } from "./errors";
import { inputFaults } from "./inputFaults";
import { jsonFault } from "./jsonFault";
import type { BlobStore, TableRow } from "./ports";

/** A kind of stored JSON document or table row: the schema of its current form, and how earlier forms become it. */
export interface DocumentType<T> {
  readonly schema: z.ZodType<T>;
  /** `upgrades[n]` reads form n and returns form n + 1; documents older than form numbers are form 0 */
  readonly upgrades: readonly z.ZodType[];
  /** number of the current form, written to the field `form` */
  readonly form: number;
  /** fields of form 0 may have any name, `form` among them */
  readonly isFreeAtFirst: boolean;
}

/** The current form of a kind of document, and the upgrades that lead to it, oldest first. */
export function documentType<T extends object>(
  schema: z.ZodType<T>,
  upgrades: readonly z.ZodType[],
  { isFreeAtFirst = false } = {},
): DocumentType<T> {
  return { schema, upgrades, form: upgrades.length, isFreeAtFirst };
}

/** An upgrade from a form that the next form's schema reads as it is. */
export const unchanged = z.unknown();

/** The schema of an interface. It names every field, including optional ones; any other field is dropped on reading. */
export function objectOf<T extends object>(fields: { [K in keyof T]-?: z.ZodType<T[K]> }): z.ZodType<T> {
  return z.object(fields) as unknown as z.ZodType<T>;
}

/** A list that may be long: its entries are checked in one loop, four times as fast as by a schema each. */
export function longList<T>(isEntry: (value: unknown) => value is T, needed: string): z.ZodType<T[]> {
  return z
    .custom<T[]>((value) => Array.isArray(value), { error: "a list is needed", abort: true })
    .check(({ value, issues }) => {
      const at = value.findIndex((entry) => !isEntry(entry));
      if (at >= 0) issues.push({ code: "custom", path: [at], message: `${needed} is needed`, input: value[at] });
    });
}

/** A long list of numbers. */
export const numberList = longList((value) => typeof value === "number", "a number");

/** A computed number, NaN if undefined: JSON stores NaN as null, which is read as NaN again. */
export const statistic = z.union([z.number(), z.null().transform(() => Number.NaN)]);

/** A long list of computed numbers. */
export const statisticList: z.ZodType<number[]> = longList(
  (value): value is number | null => value === null || typeof value === "number",
  "a number or null",
).transform((list) => list.map((value) => value ?? Number.NaN));

/** An object whose fields are not known in advance. */
export const anyFields = z.record(z.string(), z.unknown());

/** A table column that contains JSON text. */
export function jsonColumn<T>(schema: z.ZodType<T>): z.ZodType<T> {
  const parsed = z.string().transform((text, context) => {
    try {
      return JSON.parse(text) as unknown;
    } catch {
      context.issues.push({ code: "custom", message: notJson(text), input: text });
      return z.NEVER;
    }
  });
  return parsed.pipe(schema);
}

/** The text of a document to store. */
export function documentText<T extends object>({ form }: DocumentType<T>, document: T): string {
  return JSON.stringify({ form, ...document });
}

/**
 * A stored document from its bytes; `place` is its container and name. AppError corrupt says where it cannot be read,
 * AppError unavailable that a newer release wrote it.
 */
export function parseDocument<T>(type: DocumentType<T>, bytes: Uint8Array, place: string): T {
  return parse(type, bytes, place, "put the original back");
}

function parse<T>(type: DocumentType<T>, bytes: Uint8Array, place: string, remedy: string): T {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
  const what = `the stored document ${place}`;
  try {
    return read(type, JSON.parse(text), what, `; ${remedy}`);
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw new AppError("corrupt", `${what} cannot be read: ${notJson(text)}; ${remedy}`, { cause });
  }
}

/** The document of a blob, undefined when there is no such blob; errors as those of `parseDocument`. */
export async function readDocument<T>(
  blobs: Pick<BlobStore, "read">,
  { container, name }: { container: string; name: string },
  type: DocumentType<T>,
): Promise<T | undefined> {
  const bytes = await blobs.read(container, name);
  return bytes && parseDocument(type, bytes, `${container}/${name}`);
}

/**
 * As `readDocument`, of a document that can be made again from others: "damaged" where it cannot be read, which is
 * logged. AppError unavailable where a newer release wrote it.
 */
export async function readDerived<T>(
  blobs: Pick<BlobStore, "read">,
  { container, name }: { container: string; name: string },
  type: DocumentType<T>,
): Promise<T | "damaged" | undefined> {
  const bytes = await blobs.read(container, name);
  try {
    return bytes && parse(type, bytes, `${container}/${name}`, "it is made again");
  } catch (error) {
    if (!isAppError(error, "corrupt")) throw error;
    console.warn(error.message);
    return "damaged";
  }
}

/** The columns of a table row, without its keys unless the schema names them; errors as those of `parseDocument`. */
export function readRow<T>(type: DocumentType<T>, table: string, row: TableRow): T {
  return read(type, row, `the row "${row.rowKey}" of partition "${row.partitionKey}" in table ${table}`);
}

function read<T>(type: DocumentType<T>, stored: unknown, what: string, remedy = ""): T {
  const { schema, upgrades, form: current } = type;
  const form = formOf(type, stored);
  if (form === undefined) throw new AppError("corrupt", `${what} cannot be read: form: ${formNeeded}${remedy}`);
  if (form > current)
    throw new AppError(
      "unavailable",
      `${what} has form ${form}, and this release reads forms up to ${current}: use the newer release that wrote it`,
    );
  const upgraded = upgrades
    .slice(form)
    .reduce((older: unknown, upgrade) => check(upgrade, older, what, remedy), stored);
  return check(schema, upgraded, what, remedy);
}

const formNeeded = "a whole number from 0 is needed";

/** 0 where there is none; undefined where it is something other than a number of a form. */
function formOf({ isFreeAtFirst }: DocumentType<unknown>, stored: unknown): number | undefined {
  const form = (stored as { form?: unknown } | null)?.form;
  if (form === undefined) return 0;
  if (Number.isInteger(form) && (form as number) >= 0) return form as number;
  return isFreeAtFirst ? 0 : undefined;
}

const mostDetails = 20;

function check<T>(schema: z.ZodType<T>, value: unknown, what: string, remedy: string): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const details = inputFaults(parsed.error.issues).slice(0, mostDetails);
  const [{ path, message }] = details;
  throw new AppError("corrupt", `${what} cannot be read: ${path === "" ? message : `${path}: ${message}`}${remedy}`, {
    details,
    cause: parsed.error,
  });
}

function notJson(text: string): string {
  const { line, column, message } = jsonFault(text);
  return `it is not valid JSON (line ${line}, column ${column}): ${message}`;
}
