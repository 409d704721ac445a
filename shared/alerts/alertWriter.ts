import { messageOf } from "../errors";
import { auditInsert } from "../ledger/auditEntry";
import type { Clock, TableOperation, TableRow, TableStore, Telemetry } from "../ports";
import { telemetryEvents } from "../telemetryNames";
import { type Alert, alertKey, alertTable, isCurrent } from "./alert";
import type { Step } from "./alertLife";
import { alertRow, pointerRow } from "./alertRow";
import { dueMark } from "./dueMark";
import { type Announce, announcementOf, outboxInsert, outboxMark } from "./outbox";

export interface AlertWriterPorts {
  tables: TableStore;
  clock: Clock;
  telemetry: Telemetry;
  /** tells of each change that people are to know; what it throws, and all of them without it, wait in the outbox */
  announce?: Announce;
}

/** The entity tags under which an alert was read. */
export interface AlertEtags {
  alertEtag?: string;
  /** of the row `open:{rule}` that leads to it; absent where none does */
  pointerEtag?: string;
}

/** Writes what becomes of alerts: each step with its audit entry and announcement in one transaction. */
export class AlertWriter {
  constructor(private readonly ports: AlertWriterPorts) {}

  /** Writes a new alert; `pointer` is what was read of its rule, and leads to it from now on. */
  async insert(step: Step, pointer: TableRow | undefined, more: TableOperation[]): Promise<Alert> {
    const { alert } = step;
    const row = pointerRow(alert.subject, alert.rule, alertKey(alert));
    const pointing: TableOperation = pointer ? { kind: "replace", row, etag: pointer.etag } : { kind: "insert", row };
    const known: TableOperation = { kind: "upsert", row: { partitionKey: "index", rowKey: alert.subject } };
    return this.write(step, [{ kind: "insert", row: alertRow(alert) }, pointing, ...more], [known]);
  }

  /** Writes the next step of an alert, and lets its rule go where that ends it. */
  async replace(step: Step, { alertEtag, pointerEtag }: AlertEtags, more: TableOperation[] = []): Promise<Alert> {
    const { alert } = step;
    const isLetGo = !isCurrent(alert) && pointerEtag !== undefined;
    const row: TableOperation = { kind: "replace", row: alertRow(alert), etag: alertEtag };
    return this.write(step, [row, ...(isLetGo ? [released(alert.subject, alert.rule, pointerEtag)] : []), ...more]);
  }

  /** `marks` come before: without the step they say too much, and it must not be there without them. */
  private async write(step: Step, operations: TableOperation[], marks: TableOperation[] = []): Promise<Alert> {
    const { alert, entry, event } = step;
    const { subject } = alert;
    const now = this.ports.clock.now();
    const announcement = event && announcementOf(alert, event, now.toISOString());
    if (announcement) marks.push(outboxMark(subject, now));
    if (entry && alert.status === "open") marks.push(dueMark(subject, now));
    await Promise.all(marks.map((mark) => this.ports.tables.transaction(alertTable, [mark])));
    await this.ports.tables.transaction(alertTable, [
      ...operations,
      ...(entry ? [auditInsert(subject, entry, now)] : []),
      ...(announcement ? [outboxInsert(announcement)] : []),
    ]);
    this.report(step);
    if (announcement) await this.ports.announce?.(announcement).catch((error) => console.warn(left(alert, error)));
    return alert;
  }

  private report({ alert, report }: Step): void {
    const { subject, rule, severity } = alert;
    const { telemetry } = this.ports;
    if (report === "raised") telemetry.event(telemetryEvents.alertRaised, { subject, rule, severity });
    if (report === "resolved")
      telemetry.event(telemetryEvents.alertResolved, { subject, rule, byHand: alert.closedBy !== undefined });
  }
}

function left({ id }: Alert, error: unknown): string {
  return `what became of the alert ${id} waits in the outbox: ${messageOf(error)}`;
}

/** The row `open:{rule}` of a subject leads to no alert any more. */
export function released(subject: string, rule: string, etag: string | undefined): TableOperation {
  return { kind: "replace", row: pointerRow(subject, rule, ""), etag };
}
