/** The numbers of the lines of one process that were read. */
export interface LineNumbers {
  first: number;
  last: number;
  /** how many numbers between them have no line */
  missing: number;
}

/** By served version and process: "v3/one-a1". */
export type Writers = Record<string, LineNumbers>;

/**
 * The numbers of consecutive parts. Where a process goes on counting, the numbers between the parts are missing; one
 * that was idle for an hour starts again from 1.
 */
export function mergeWriters(before: Writers, after: Writers): Writers {
  const merged = new Map(Object.entries(before));
  for (const [name, next] of Object.entries(after)) {
    const own = merged.get(name);
    merged.set(name, own === undefined ? next : joined(own, next));
  }
  return Object.fromEntries(merged);
}

function joined(before: LineNumbers, after: LineNumbers): LineNumbers {
  const between = after.first > before.last ? after.first - before.last - 1 : 0;
  return { first: before.first, last: after.last, missing: before.missing + after.missing + between };
}

/** Requests whose lines are missing between others of the same process, which could not write them. */
export function missingLines(writers: Writers): number {
  return Object.values(writers).reduce((sum, { missing }) => sum + missing, 0);
}
