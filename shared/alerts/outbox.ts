import { z } from "zod";
import { documentType, objectOf, readRow, unchanged } from "../documents";
import type { TableOperation, TableRow } from "../ports";
import { type Alert, alertTable, placeOfAlert } from "./alert";

/**
 * A change of an alert that people are told of. unsilenced: it was told before, then silenced, and is still open now
 * that the silence is over.
 */
const alertEvents = [
  ...(["opened", "worsened", "escalated", "acknowledged", "silenced"] as const),
  ...(["unsilenced", "resolved", "closed"] as const),
] as const;
export type AlertEvent = (typeof alertEvents)[number];

/** That an alert changed, to be told to people; it waits in the outbox until its deliveries are planned. */
export interface Announcement {
  /** names the change for good */
  id: string;
  subject: string;
  /** the alert's id */
  alert: string;
  event: AlertEvent;
  at: string;
}

/** Tells of a change once it is stored. What it cannot tell stays in the outbox. */
export type Announce = (announcement: Announcement) => Promise<void>;

export const announcementSchema = objectOf<Announcement>({
  id: z.string(),
  subject: z.string(),
  alert: z.string(),
  event: z.enum(alertEvents),
  at: z.iso.datetime(),
});

const announcements = documentType(announcementSchema, [unchanged]);

export function announcementOf(alert: Alert, event: AlertEvent, at: string): Announcement {
  return { id: `${alert.id}:${event}-${at.replace(/[-:.]/g, "")}`, subject: alert.subject, alert: alert.id, event, at };
}

/** The row `outbox:{alert}:{event}-{time}` of an announcement, written in the transaction of the change itself. */
export function outboxInsert(announcement: Announcement): TableOperation {
  const row = { partitionKey: announcement.subject, rowKey: outboxKey(announcement), form: announcements.form };
  return { kind: "insert", row: { ...row, ...announcement } };
}

export function outboxKey({ alert, event, at }: Announcement): string {
  return `outbox:${placeOfAlert(alert)?.rowKey ?? alert}:${event}-${at.replace(/[-:.]/g, "")}`;
}

/** Where a subject's announcements stand among its rows. */
export const outboxRange = { from: "outbox:", to: "outbox;" };

/** The announcement that a row of the outbox holds; AppError corrupt names the row where it cannot be read. */
export function readAnnouncement(row: TableRow): Announcement {
  return readRow(announcements, alertTable, row);
}

/** The partition of all marks; no subject has an "@" in its name. */
export const outboxMarks = "@outbox";

/**
 * Marks, before the change is written, that a subject's outbox may hold something: whoever looks for announcements that
 * were left over finds their subjects in one partition. A mark is to be removed when it is some minutes old.
 */
export function outboxMark(subject: string, now: Date): TableOperation {
  return { kind: "upsert", row: { partitionKey: outboxMarks, rowKey: subject, at: now.toISOString() } };
}
