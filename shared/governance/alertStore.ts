import { isAppError } from "../errors";
import type { Clock, TableRow, TableStore, Telemetry } from "../ports";
import { type AuditPage, type AuditRecord, auditInsert, listAudit, newestFirst } from "../registry/auditEntry";
import { telemetryEvents } from "../telemetryNames";

const table = "alerts";

export type AlertSeverity = "info" | "warning" | "error";

/** Something a person or a policy should act on. */
export interface Alert {
  id: string;
  /** model, use case, or "tidegate" for the system itself */
  subject: string;
  /** stable name of the condition; at most one alert per subject and rule is open */
  rule: string;
  severity: AlertSeverity;
  status: "open" | "resolved";
  summary: string;
  evidence: Record<string, unknown>;
  /** what was started because of it, in words */
  action?: string;
  /** the run that was started because of it */
  runId?: string;
  raisedAt: string;
  lastSeenAt: string;
  occurrences: number;
  resolvedAt?: string;
}

export interface Condition {
  subject: string;
  rule: string;
  severity: AlertSeverity;
  summary: string;
  /** small: it stays in the row, at most 30,000 characters of JSON */
  evidence: Record<string, unknown>;
}

/** Alerts in one table: a row an alert, and a row `open:{rule}` that keeps a condition from being raised twice. */
export class AlertStore {
  constructor(
    private readonly tables: TableStore,
    private readonly clock: Clock,
    private readonly telemetry: Telemetry,
  ) {}

  /** Raises an alert, or counts one more occurrence on the one that is open. */
  async raise(condition: Condition): Promise<{ alert: Alert; raised: boolean }> {
    for (let attempt = 0; ; attempt++) {
      const pointer = await this.pointer(condition.subject, condition.rule);
      const open = await this.open(pointer);
      try {
        return open
          ? { alert: await this.seenAgain(open, condition), raised: false }
          : { alert: await this.insert(condition, pointer), raised: true };
      } catch (error) {
        if (attempt >= 5 || !isAppError(error, "conflict", "precondition_failed")) throw error;
      }
    }
  }

  /** Closes the open alert of a rule, if there is one: the condition is over. */
  async resolve(subject: string, rule: string): Promise<Alert | undefined> {
    const open = await this.open(await this.pointer(subject, rule));
    if (open === undefined) return undefined;
    const now = this.clock.now();
    const alert: Alert = { ...open.alert, status: "resolved", resolvedAt: now.toISOString() };
    await this.tables.transaction(table, [
      { kind: "replace", row: toRow(alert), etag: open.alertEtag },
      { kind: "replace", row: { partitionKey: subject, rowKey: `open:${rule}`, alert: "" }, etag: open.openEtag },
      auditInsert(
        subject,
        { operation: `resolve-${alert.id}`, action: "alert resolved", actor: "monitor", subject: `${subject} ${rule}` },
        now,
      ),
    ]);
    this.telemetry.event(telemetryEvents.alertResolved, { subject, rule });
    return alert;
  }

  /** Notes on an alert what was done about it. */
  async noteAction(alert: Alert, action: string, runId?: string): Promise<void> {
    await this.tables.transaction(table, [{ kind: "upsert", row: toRow({ ...alert, action, runId }) }]);
  }

  /** Alerts of one subject, or of all, newest first. */
  async list(subject: string | undefined, limit: number): Promise<Alert[]> {
    const subjects = subject === undefined ? await this.subjects() : [subject];
    const all: Alert[] = [];
    for (const one of subjects)
      for await (const row of this.tables.list(table, one, { from: "alert:", to: "alert;", limit }))
        all.push(fromRow(row));
    return all.sort((a, b) => b.raisedAt.localeCompare(a.raisedAt)).slice(0, limit);
  }

  /** Audit entries about the subject's alerts, newest first. */
  audit(subject: string, page: AuditPage): Promise<AuditRecord[]> {
    return listAudit(this.tables, table, subject, page);
  }

  private async subjects(): Promise<string[]> {
    const names: string[] = [];
    for await (const row of this.tables.list(table, "index")) names.push(row.rowKey);
    return names;
  }

  private pointer(subject: string, rule: string): Promise<TableRow | undefined> {
    return this.tables.get(table, subject, `open:${rule}`);
  }

  private async open(pointer: TableRow | undefined) {
    if (pointer === undefined || pointer.alert === "") return undefined;
    const row = await this.tables.get(table, pointer.partitionKey, String(pointer.alert));
    return row && { alert: fromRow(row), alertEtag: row.etag, openEtag: pointer.etag };
  }

  private async seenAgain(open: { alert: Alert; alertEtag?: string }, condition: Condition): Promise<Alert> {
    const { summary, evidence, severity } = condition;
    const lastSeenAt = this.clock.now().toISOString();
    const alert = { ...open.alert, summary, evidence, severity, lastSeenAt, occurrences: open.alert.occurrences + 1 };
    await this.tables.transaction(table, [{ kind: "replace", row: toRow(alert), etag: open.alertEtag }]);
    return alert;
  }

  /** `pointer` is the row that said nothing is open: a second read would accept what another instance raised in between. */
  private async insert(condition: Condition, pointer: TableRow | undefined): Promise<Alert> {
    const { subject, rule } = condition;
    const now = this.clock.now();
    const at = now.toISOString();
    const id = `${at.replace(/[-:.]/g, "")}-${rule}`;
    const alert: Alert = { ...condition, id, status: "open", raisedAt: at, lastSeenAt: at, occurrences: 1 };
    const pointerRow = { partitionKey: subject, rowKey: `open:${rule}`, alert: rowKey(alert) };
    await this.tables.transaction(table, [{ kind: "upsert", row: { partitionKey: "index", rowKey: subject } }]);
    await this.tables.transaction(table, [
      { kind: "insert", row: toRow(alert) },
      pointer ? { kind: "replace", row: pointerRow, etag: pointer.etag } : { kind: "insert", row: pointerRow },
      auditInsert(
        subject,
        {
          operation: `raise-${id}`,
          action: "alert raised",
          actor: "monitor",
          subject: `${subject} ${rule}`,
          reason: condition.summary,
        },
        now,
      ),
    ]);
    this.telemetry.event(telemetryEvents.alertRaised, { subject, rule, severity: condition.severity });
    return alert;
  }
}

function rowKey(alert: Alert): string {
  return `alert:${newestFirst(new Date(alert.raisedAt))}-${alert.rule}`;
}

function toRow(alert: Alert): TableRow {
  const { evidence, ...plain } = alert;
  return {
    partitionKey: alert.subject,
    rowKey: rowKey(alert),
    ...plain,
    evidence: JSON.stringify(evidence),
  };
}

function fromRow(row: TableRow): Alert {
  const { partitionKey: _partition, rowKey: _key, etag: _etag, evidence, ...plain } = row;
  return { ...(plain as unknown as Alert), evidence: JSON.parse(String(evidence)) };
}
