import { z } from "zod";

const wholeLimit = "a whole number from 1 to 1000 is needed, given once";

/** Query fields of a paged list: how many entries, and where to continue; a cursor of another list is refused. */
export function pageQuery(list: string) {
  const prefix = `${list} `;
  const cursor = z
    .string()
    .max(2000)
    .transform((text) => Buffer.from(text, "base64url").toString("utf8"))
    .refine((text) => text.startsWith(prefix), `not a cursor of this list: send "next" of an earlier reply as it is`)
    .transform((text) => text.slice(prefix.length));
  const limit = z
    .string()
    .regex(/^(?:[1-9]\d{0,2}|1000)$/, wholeLimit)
    .transform(Number);
  return { limit: limit.default(50), cursor: cursor.optional() };
}

/** The cursor that continues a list after the entry at `place`; undefined if nothing follows. */
export function cursorAfter(list: string, place: string | undefined): string | undefined {
  return place === undefined ? undefined : Buffer.from(`${list} ${place}`, "utf8").toString("base64url");
}

/** A page of entries, and the place of its last one if more follow. */
export interface Page<T> {
  entries: T[];
  last?: string;
}

/** The entries of `all`, in any order, that a page shows: greatest place first, only those below the place `after`. */
export function pageOf<T>(all: T[], placeOf: (entry: T) => string, limit: number, after?: string): Page<T> {
  const left = all
    .map((entry) => ({ entry, place: placeOf(entry) }))
    .filter(({ place }) => after === undefined || place < after)
    .sort((a, b) => (a.place < b.place ? 1 : -1));
  return pageOfRead(
    left.map(({ entry }) => entry),
    placeOf,
    limit,
  );
}

/** The first page of entries that were read in order, at least one more than the page if more follow. */
export function pageOfRead<T>(read: T[], placeOf: (entry: T) => string, limit: number): Page<T> {
  const entries = read.slice(0, limit);
  return { entries, last: read.length > limit ? placeOf(entries[limit - 1]) : undefined };
}
