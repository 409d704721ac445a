import { z } from "zod";
import { documentType, readRow, unchanged } from "../documents";
import type { TableOperation, TableRow } from "../ports";
import { alertTable } from "./alert";

/** All marks are in one partition, whose name no subject can have. */
export const duePartition = "@due";

const marks = documentType(
  z.object({
    /** when the time may next make something of an alert of the subject; "" where it will not */
    at: z.union([z.literal(""), z.iso.datetime()]),
    /** when an alert of the subject was last changed */
    changedAt: z.iso.datetime(),
  }),
  [unchanged],
);

/** A change may be on its way to storage for so long after its mark was written. */
const writingMs = 5 * 60_000;

/** Marks, before it is written, that an alert of a subject changes: the next sweep looks at its times. */
export function dueMark(subject: string, now: Date): TableOperation {
  return { kind: "upsert", row: markRow(subject, now.toISOString(), now.toISOString()) };
}

/** The mark of a subject that was looked at: `next` is the earliest instant at which there is something to do. */
export function nextMark(mark: TableRow, next: string | undefined, now: Date): TableOperation {
  const { changedAt } = readRow(marks, alertTable, mark);
  const isSettled = now.getTime() - Date.parse(changedAt) > writingMs;
  const at = isSettled ? (next ?? "") : now.toISOString();
  return { kind: "replace", row: markRow(mark.rowKey, at, changedAt), etag: mark.etag };
}

export function isDue(mark: TableRow, now: Date): boolean {
  const { at } = readRow(marks, alertTable, mark);
  return at !== "" && at <= now.toISOString();
}

function markRow(subject: string, at: string, changedAt: string): TableRow {
  return { partitionKey: duePartition, rowKey: subject, form: marks.form, at, changedAt };
}
