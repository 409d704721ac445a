import { z } from "zod";
import { documentType, objectOf, unchanged } from "../documents";
import type { TableOperation } from "../ports";
import { type Alert, alertKey } from "./alert";

/** A change of an alert that people are told of. */
const alertEvents = ["opened", "worsened", "resolved", "closed"] as const;
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

const announcements = documentType(
  objectOf<Announcement>({
    id: z.string(),
    subject: z.string(),
    alert: z.string(),
    event: z.enum(alertEvents),
    at: z.iso.datetime(),
  }),
  [unchanged],
);

export function announcementOf(alert: Alert, event: AlertEvent, at: string): Announcement {
  return { id: `${alert.id}:${event}-${at.replace(/[-:.]/g, "")}`, subject: alert.subject, alert: alert.id, event, at };
}

/** The row `outbox:{alert}:{event}-{time}` of an announcement, written in the transaction of the change itself. */
export function outboxInsert(alert: Alert, announcement: Announcement): TableOperation {
  const { event, at } = announcement;
  const rowKey = `outbox:${alertKey(alert)}:${event}-${at.replace(/[-:.]/g, "")}`;
  const row = { partitionKey: alert.subject, rowKey, form: announcements.form, ...announcement };
  return { kind: "insert", row };
}

/**
 * Marks, before the change is written, that a subject's outbox may hold something: whoever looks for announcements that
 * were left over finds their subjects in one partition. A mark is to be removed when it is some minutes old.
 */
export function outboxMark(subject: string, now: Date): TableOperation {
  // no subject has an "@" in its name
  return { kind: "upsert", row: { partitionKey: "@outbox", rowKey: subject, at: now.toISOString() } };
}
