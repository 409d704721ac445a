import { messageOf } from "../errors";
import { auditInsert } from "../ledger/auditEntry";
import type { Clock, TableOperation, TableStore, Telemetry } from "../ports";
import { telemetryEvents } from "../telemetryNames";
import { type Alert, alertKey, alertTable, isCurrent } from "./alert";
import type { Step } from "./alertLife";
import { alertRow, pointerRow } from "./alertRow";
import { type Announce, announcementOf, outboxInsert, outboxMark } from "./outbox";

/** The entity tags under which an alert was read. */
export interface AlertEtags {
  alertEtag?: string;
  /** of the row `open:{rule}` that leads to it; absent where none does */
  pointerEtag?: string;
}

/** Writes what becomes of alerts: each step with its audit entry and announcement in one transaction. */
export class AlertWriter {
  constructor(
    private readonly tables: TableStore,
    private readonly clock: Clock,
    private readonly telemetry: Telemetry,
    private readonly announce: Announce | undefined,
  ) {}

  /** Writes a new alert; `pointer` makes it the one of its rule. */
  async insert(step: Step, pointer: TableOperation, more: TableOperation[]): Promise<Alert> {
    const { subject } = step.alert;
    await this.tables.transaction(alertTable, [{ kind: "upsert", row: { partitionKey: "index", rowKey: subject } }]);
    return this.write(step, [{ kind: "insert", row: alertRow(step.alert) }, pointer, ...more]);
  }

  /** Writes the next step of an alert, and lets its rule go where that ends it. */
  async replace(step: Step, { alertEtag, pointerEtag }: AlertEtags, more: TableOperation[] = []): Promise<Alert> {
    const { alert } = step;
    const isLetGo = !isCurrent(alert) && pointerEtag !== undefined;
    return this.write(step, [
      { kind: "replace", row: alertRow(alert), etag: alertEtag },
      ...(isLetGo ? [released(alert.subject, alert.rule, pointerEtag)] : []),
      ...more,
    ]);
  }

  private async write({ alert, entry, event }: Step, operations: TableOperation[]): Promise<Alert> {
    const now = this.clock.now();
    const announcement = event && announcementOf(alert, event, now.toISOString());
    if (announcement) await this.tables.transaction(alertTable, [outboxMark(alert.subject, now)]);
    await this.tables.transaction(alertTable, [
      ...operations,
      ...(entry ? [auditInsert(alert.subject, entry, now)] : []),
      ...(announcement ? [outboxInsert(announcement)] : []),
    ]);
    this.report({ alert, event });
    if (announcement) await this.announce?.(announcement).catch((error) => console.warn(left(alert, error)));
    return alert;
  }

  private report({ alert: { subject, rule, severity }, event }: Step): void {
    if (event === "opened") this.telemetry.event(telemetryEvents.alertRaised, { subject, rule, severity });
    if (event === "resolved" || event === "closed")
      this.telemetry.event(telemetryEvents.alertResolved, { subject, rule, byHand: event === "closed" });
  }
}

function left({ id }: Alert, error: unknown): string {
  return `what became of the alert ${id} waits in the outbox: ${messageOf(error)}`;
}

/** The row `open:{rule}` of an alert. */
export function pointing(alert: Alert): ReturnType<typeof pointerRow> {
  return pointerRow(alert.subject, alert.rule, alertKey(alert));
}

export function released(subject: string, rule: string, etag: string | undefined): TableOperation {
  return { kind: "replace", row: pointerRow(subject, rule, ""), etag };
}
