import { z } from "zod";
import { anyFields, documentType, jsonColumn, objectOf, readRow, unchanged } from "../documents";
import type { TableOperation, TableRow, TableStore } from "../ports";
import { cutText } from "./cutText";
import { type OnUnreadable, readable } from "./readable";

/** What happened, to what, by whom and why; written in the same transaction as the change itself. */
export interface AuditEntry {
  /** name of the operation; the same action of it at the same instant leaves one row */
  operation: string;
  /** "version registered", "alias moved", ... */
  action: string;
  actor: string;
  subject: string;
  reason?: string;
  details?: Record<string, unknown>;
}

/** An audit entry as read back, newest first. */
export interface AuditRecord extends AuditEntry {
  at: string;
}

/** An entry's row, without its keys. */
export const auditRows = documentType(
  objectOf<AuditRecord>({
    operation: z.string(),
    action: z.string(),
    actor: z.string(),
    subject: z.string(),
    reason: z.string().optional(),
    at: z.string(),
    details: jsonColumn(anyFields).optional(),
  }),
  [unchanged],
);

const farFuture = 253_402_300_799_999; // 9999-12-31

/** A row-key part that counts down, so that the newest entry sorts first. */
export function newestFirst(at: Date): string {
  return String(farFuture - at.getTime()).padStart(15, "0");
}

/** The insert that records `entry`; it fails the transaction if the operation is already recorded at that instant. */
export function auditInsert(partition: string, entry: AuditEntry, at: Date): TableOperation {
  return { kind: "insert", row: auditRow(partition, entry, at) };
}

function auditRow(partition: string, entry: AuditEntry, at: Date): TableRow {
  const { details, reason, ...plain } = entry;
  return {
    partitionKey: partition,
    rowKey: `audit:${auditPlace({ ...entry, at: at.toISOString() })}`,
    form: auditRows.form,
    ...plain,
    reason: reason === undefined ? undefined : cutText(reason, 2000),
    at: at.toISOString(),
    details: details ? JSON.stringify(details) : undefined,
  };
}

/** An entry's position in the list of its subject, newest first. */
export function auditPlace({ at, operation, action }: AuditRecord): string {
  return `${newestFirst(new Date(at))}-${operation}-${action.replaceAll(" ", "-")}`;
}

/** The smallest row key greater than `key`. */
export function keyBehind(key: string): string {
  return `${key} `;
}

/** Which entries of an audit trail to return. */
export interface AuditPage {
  limit: number;
  /** the position of the last entry that was shown already */
  after?: string;
  /** told of each entry that cannot be read, which is left out; absent: it is thrown */
  onUnreadable?: OnUnreadable;
}

/** Audit entries of a partition of `table`, newest first. */
export async function listAudit(
  tables: TableStore,
  table: string,
  partition: string,
  { limit, after, onUnreadable }: AuditPage,
): Promise<AuditRecord[]> {
  const entries: AuditRecord[] = [];
  const from = after === undefined ? "audit:" : keyBehind(`audit:${after}`);
  for await (const row of tables.list(table, partition, { from, to: "audit;" })) {
    const entry = readable(() => readRow(auditRows, table, row), onUnreadable);
    if (entry !== undefined) entries.push(entry);
    if (entries.length >= limit) break;
  }
  return entries;
}
