import type { TableOperation, TableRow } from "../ports";

/** What happened, to what, by whom and why; written in the same transaction as the change itself. */
export interface AuditEntry {
  /** names the operation; an action of it that is tried twice at one instant leaves one row */
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

const farFuture = 253_402_300_799_999; // 9999-12-31

/** A row-key part that counts down, so that the newest entry sorts first. */
export function newestFirst(at: Date): string {
  return String(farFuture - at.getTime()).padStart(15, "0");
}

/** The insert that records `entry` in `partition`; fails its transaction when the operation was recorded at that instant already. */
export function auditInsert(partition: string, entry: AuditEntry, at: Date): TableOperation {
  return { kind: "insert", row: auditRow(partition, entry, at) };
}

function auditRow(partition: string, entry: AuditEntry, at: Date): TableRow {
  const { details, ...plain } = entry;
  return {
    partitionKey: partition,
    rowKey: `audit:${newestFirst(at)}-${entry.operation}-${entry.action.replaceAll(" ", "-")}`,
    ...plain,
    at: at.toISOString(),
    details: details ? JSON.stringify(details) : undefined,
  };
}

/** The audit entry that a table row holds. */
export function readAudit(row: TableRow): AuditRecord {
  const { partitionKey: _partition, rowKey: _row, etag: _etag, details, ...rest } = row;
  return { ...(rest as unknown as AuditRecord), details: details ? JSON.parse(String(details)) : undefined };
}
