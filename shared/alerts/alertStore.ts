import { AppError, isAppError } from "../errors";
import { auditInsert } from "../ledger/auditEntry";
import { cutText } from "../ledger/cutText";
import { retryConflict } from "../ledger/retryConflict";
import type { Clock, TableOperation, TableRow, TableStore, Telemetry } from "../ports";
import { telemetryEvents } from "../telemetryNames";
import { type ActionNote, withNote } from "./actionNote";
import { type Alert, type AlertFile, alertKey, alertTable, type Condition, newAlert, placeOfAlert } from "./alert";
import { auditEntry, noteEntry, releaseEntry } from "./alertAudit";
import {
  countOf,
  fileKey,
  fileRow,
  filesLeft,
  filesOf,
  isAtFault,
  settledRow,
  withFile,
  withoutFile,
} from "./alertFiles";
import { listAlerts, type OpenAlert, openAlert } from "./alertList";
import { alertRow, pointerKey, pointerRow, readAlert } from "./alertRow";
import type { Dispatch } from "./dispatch";

/** Alerts in one table: one row per alert, and a row `open:{rule}` that keeps a condition from being raised twice. */
export class AlertStore {
  constructor(
    private readonly tables: TableStore,
    private readonly clock: Clock,
    private readonly telemetry: Telemetry,
    /** starts the actions of an alert each time its condition is found to hold */
    private readonly dispatch: Dispatch,
  ) {}

  /**
   * Raises an alert, or counts one more occurrence on the one that is open; then starts the actions that policies want
   * for it. An open alert that cannot be read is released, and a new one raised in its place.
   */
  async raise(condition: Condition): Promise<{ alert: Alert; raised: boolean }> {
    const { alert, raised } = await this.record(condition);
    return { alert: await this.dispatch(alert, (about, note) => this.note(about, note)), raised };
  }

  /**
   * The condition is over, or, where a file is given, that file's part in it: closes the open alert of a rule, if
   * nothing else keeps it open. One that cannot be read is released: its row stays as it is, and it is open no more.
   */
  resolve(subject: string, rule: string, file?: string): Promise<Alert | undefined> {
    return retried(subject, async () => {
      const open = await this.openOrReleased(subject, rule);
      if (open === undefined) return undefined;
      if (file === undefined) return this.end(open, {}, []);
      const row = await this.tables.get(alertTable, subject, fileKey(open.alert, file));
      if (!isAtFault(open.alert, file, row)) return undefined;
      return this.settleFile(open, file, row);
    });
  }

  /** Closes the open alert of a rule, if there is one and `isOver` finds its condition over. */
  resolveWhere(subject: string, rule: string, isOver: (alert: Alert) => boolean): Promise<Alert | undefined> {
    return retried(subject, async () => {
      const open = await this.openOrReleased(subject, rule);
      return open === undefined || !isOver(open.alert) ? undefined : this.end(open, {}, []);
    });
  }

  /**
   * Closes an alert by hand, whatever its condition; AppError not_found when there is none, conflict when it has
   * already been resolved.
   */
  async close(id: string, by: { actor: string; reason: string }): Promise<Alert> {
    const closed = await retried(id, async () => {
      const { alert, alertEtag } = await this.find(id);
      if (alert.status !== "open") return undefined;
      const pointer = await this.pointer(alert.subject, alert.rule);
      const { open, fault } = await readOpen(this.tables, pointer);
      // one whose pointer was damaged may have a successor, which stays open
      const isPointed = fault !== undefined || open?.alert.id === alert.id;
      const pointerEtag = isPointed ? pointer?.etag : undefined;
      return this.end({ alert, alertEtag, pointerEtag }, { closedBy: by.actor, closeReason: by.reason }, []);
    });
    if (closed === undefined) throw new AppError("conflict", "the alert has already been resolved");
    return closed;
  }

  /**
   * Alerts of one subject, or of all, newest first; of one status, or of both; those after the place `after` only. A
   * row that cannot be read is thrown, or told to `onUnreadable` and left out.
   */
  list(
    subject: string | undefined,
    limit: number,
    status?: Alert["status"],
    after?: string,
    onUnreadable?: (error: AppError) => void,
  ): Promise<Alert[]> {
    return listAlerts(this.tables, { subject, limit, status, after, onUnreadable });
  }

  private record(condition: Condition): Promise<{ alert: Alert; raised: boolean }> {
    const { subject, rule } = condition;
    return retried(subject, async () => {
      const pointer = await this.pointer(subject, rule);
      const { open, fault } = await readOpen(this.tables, pointer);
      return open
        ? { alert: await this.seenAgain(open, condition), raised: false }
        : { alert: await this.insert(condition, pointer, fault), raised: true };
    });
  }

  /** The open alert of a rule; one that cannot be read keeps nothing else from its work, and is open no more. */
  private async openOrReleased(subject: string, rule: string): Promise<OpenAlert | undefined> {
    const pointer = await this.pointer(subject, rule);
    const { open, fault } = await readOpen(this.tables, pointer);
    if (fault !== undefined)
      await this.tables.transaction(alertTable, [
        released(subject, rule, pointer?.etag),
        auditInsert(subject, releaseEntry(subject, rule, fault), this.clock.now()),
      ]);
    return open;
  }

  /**
   * Notes on an alert what became of an action, with its audit entry, also when the alert was resolved meanwhile;
   * returns its new state.
   */
  private note(about: Alert, note: Omit<ActionNote, "at">): Promise<Alert> {
    const { id, subject } = about;
    return retried(subject, async () => {
      const row = await this.tables.get(alertTable, subject, alertKey(about));
      if (row === undefined) throw new AppError("not_found", `the alert ${id} is gone`);
      const alert = readAlert(row);
      const now = this.clock.now();
      const actions = withNote(alert.actions, { ...note, at: now.toISOString() });
      if (actions === undefined) return alert;
      const noted = { ...alert, actions };
      await this.tables.transaction(alertTable, [
        { kind: "replace", row: alertRow(noted), etag: row.etag },
        auditInsert(subject, noteEntry(noted, note), now),
      ]);
      return noted;
    });
  }

  private pointer(subject: string, rule: string): Promise<TableRow | undefined> {
    return this.tables.get(alertTable, subject, pointerKey(rule));
  }

  private async find(id: string): Promise<OpenAlert> {
    const place = placeOfAlert(id);
    const row = place && (await this.tables.get(alertTable, place.subject, place.rowKey));
    if (row === undefined) throw new AppError("not_found", "there is no alert with this id; GET /alerts lists them");
    return { alert: readAlert(row), alertEtag: row.etag };
  }

  private async seenAgain(open: OpenAlert, condition: Condition): Promise<Alert> {
    const lastSeenAt = this.clock.now().toISOString();
    const { severity } = condition;
    const { shown, files } = await this.shownOf(condition, lastSeenAt, open.alert);
    const alert = { ...open.alert, ...shown, severity, lastSeenAt, occurrences: open.alert.occurrences + 1 };
    await this.tables.transaction(alertTable, [
      { kind: "replace", row: alertRow(alert), etag: open.alertEtag },
      ...files.map((file): TableOperation => ({ kind: "upsert", row: fileRow(alert, file, false) })),
    ]);
    return alert;
  }

  /** Summary and evidence of a condition; those of an alert about files cover all of its files. */
  private async shownOf(condition: Condition, at: string, alert?: Alert) {
    const { subject, summary, evidence, file } = condition;
    if (file === undefined) return { shown: { summary, evidence }, files: [] };
    const row = alert && (await this.tables.get(alertTable, subject, fileKey(alert, file)));
    const fresh: AlertFile = { file, at, summary: cutText(summary, 300) };
    const isNew = alert === undefined || !isAtFault(alert, file, row);
    return { shown: withFile(alert, condition, fresh, isNew), files: [fresh] };
  }

  /**
   * `pointer` is the row that said nothing is open: a second read would accept what another instance raised in between.
   * `fault` is why the alert that was open cannot be read.
   */
  private async insert(condition: Condition, pointer: TableRow | undefined, fault?: AppError): Promise<Alert> {
    const { subject, rule, severity } = condition;
    const now = this.clock.now();
    const { shown, files } = await this.shownOf(condition, now.toISOString());
    const alert = newAlert({ ...condition, ...shown }, now);
    const opened = pointerRow(subject, rule, alertKey(alert));
    await this.tables.transaction(alertTable, [{ kind: "upsert", row: { partitionKey: "index", rowKey: subject } }]);
    await this.tables.transaction(alertTable, [
      { kind: "insert", row: alertRow(alert) },
      pointer ? { kind: "replace", row: opened, etag: pointer.etag } : { kind: "insert", row: opened },
      ...files.map((file): TableOperation => ({ kind: "upsert", row: fileRow(alert, file, false) })),
      ...(fault ? [auditInsert(subject, releaseEntry(subject, rule, fault), now)] : []),
      auditInsert(subject, auditEntry("raise", alert, "alert raised", { reason: condition.summary }), now),
    ]);
    this.telemetry.event(telemetryEvents.alertRaised, { subject, rule, severity });
    return alert;
  }

  /** One file fewer; the last one ends the alert. */
  private async settleFile(open: OpenAlert, file: string, row: TableRow | undefined): Promise<Alert | undefined> {
    const { alert, alertEtag } = open;
    const settled: TableOperation[] = row
      ? [{ kind: "replace", row: settledRow(alert, file, row), etag: row.etag }]
      : [];
    const count = countOf(alert) - 1;
    if (count <= 0) return this.end(open, {}, settled);
    const shown = filesOf(alert).filter((one) => one.file !== file);
    const rest = withoutFile(alert, shown.length > 0 ? shown : await filesLeft(this.tables, alert, file), count);
    await this.tables.transaction(alertTable, [{ kind: "replace", row: alertRow(rest), etag: alertEtag }, ...settled]);
    return undefined;
  }

  private async end(
    open: OpenAlert,
    closed: Pick<Alert, "closedBy" | "closeReason">,
    more: TableOperation[],
  ): Promise<Alert> {
    const now = this.clock.now();
    const alert: Alert = { ...open.alert, status: "resolved", resolvedAt: now.toISOString(), ...closed };
    const { subject, rule } = alert;
    const byHand = closed.closedBy !== undefined;
    const entry = byHand
      ? auditEntry("close", alert, "alert closed", { actor: closed.closedBy, reason: closed.closeReason })
      : auditEntry("resolve", alert, "alert resolved", {});
    await this.tables.transaction(alertTable, [
      { kind: "replace", row: alertRow(alert), etag: open.alertEtag },
      ...(open.pointerEtag === undefined ? [] : [released(subject, rule, open.pointerEtag)]),
      ...more,
      auditInsert(subject, entry, now),
    ]);
    this.telemetry.event(telemetryEvents.alertResolved, { subject, rule, byHand });
    return alert;
  }
}

/** The alert that a pointer names, or the fault of its row or pointer; what a newer release wrote is thrown. */
async function readOpen(
  tables: TableStore,
  pointer: TableRow | undefined,
): Promise<{ open?: OpenAlert; fault?: AppError }> {
  try {
    return { open: await openAlert(tables, pointer) };
  } catch (error) {
    if (isAppError(error, "corrupt")) return { fault: error };
    throw error;
  }
}

function released(subject: string, rule: string, etag: string | undefined): TableOperation {
  return { kind: "replace", row: pointerRow(subject, rule, ""), etag };
}

function retried<T>(whose: string, work: () => Promise<T>): Promise<T> {
  return retryConflict(`the alerts of ${whose}`, work);
}
