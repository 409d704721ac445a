import { AppError, isAppError } from "../errors";
import { auditInsert } from "../ledger/auditEntry";
import { cutText } from "../ledger/cutText";
import { retryConflict } from "../ledger/retryConflict";
import type { Clock, TableOperation, TableRow, TableStore, Telemetry } from "../ports";
import { type ActionNote, withNote } from "./actionNote";
import { type Alert, type AlertFile, alertKey, alertTable, type Condition, isCurrent, placeOfAlert } from "./alert";
import { noteEntry, releaseEntry } from "./alertAudit";
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
import { closed, ended, firstSeen, notHeld, type Step, seenAgain } from "./alertLife";
import { listAlerts, type OpenAlert, openAlert } from "./alertList";
import { alertRow, pointerKey, readAlert } from "./alertRow";
import { AlertWriter, pointing, released } from "./alertWriter";
import type { InstantRange } from "./confirmation";
import type { Dispatch } from "./dispatch";
import type { Announce } from "./outbox";

/** Alerts in one table: one row per alert, and a row `open:{rule}` that keeps a condition from being raised twice. */
export class AlertStore {
  private readonly writer: AlertWriter;

  constructor(
    private readonly tables: TableStore,
    private readonly clock: Clock,
    telemetry: Telemetry,
    /** starts the actions of an alert each time its condition is found to hold */
    private readonly dispatch: Dispatch,
    /** tells of each change that people are to know; without it they wait in the outbox */
    announce?: Announce,
  ) {
    this.writer = new AlertWriter(tables, clock, telemetry, announce);
  }

  /**
   * Raises an alert, or counts one more occurrence on the one that is open; then starts the actions that policies want
   * for it. Nothing is started for one that is pending: `raised` says whether it has opened now. An open alert that
   * cannot be read is released, and a new one raised in its place.
   */
  async raise(condition: Condition): Promise<{ alert: Alert; raised: boolean }> {
    const { alert, raised } = await this.record(condition);
    if (alert.status !== "open") return { alert, raised };
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
      if (file === undefined) return this.advance(open, notHeld(open.alert, undefined, this.clock.now()));
      const row = await this.tables.get(alertTable, subject, fileKey(open.alert, file));
      if (!isAtFault(open.alert, file, row)) return undefined;
      return this.settleFile(open, file, row);
    });
  }

  /**
   * Closes the open alert of a rule, if there is one and `isOver` finds its condition over. For one that is pending
   * `window` is one in which it did not hold; returns the alert if that was its end.
   */
  resolveWhere(
    subject: string,
    rule: string,
    isOver: (alert: Alert) => boolean,
    window?: InstantRange,
  ): Promise<Alert | undefined> {
    return retried(subject, async () => {
      const open = await this.openOrReleased(subject, rule);
      if (open === undefined || !isOver(open.alert)) return undefined;
      return this.advance(open, notHeld(open.alert, window, this.clock.now()));
    });
  }

  /**
   * Closes an alert by hand, whatever its condition; AppError not_found when there is none, conflict when it has
   * already been resolved.
   */
  async close(id: string, by: { actor: string; reason: string }): Promise<Alert> {
    const done = await retried(id, async () => {
      const { alert, alertEtag } = await this.find(id);
      if (!isCurrent(alert)) return undefined;
      const pointer = await this.pointer(alert.subject, alert.rule);
      const { open, fault } = await readOpen(this.tables, pointer);
      // one whose pointer was damaged may have a successor, which stays open
      const isPointed = fault !== undefined || open?.alert.id === alert.id;
      const pointerEtag = isPointed ? pointer?.etag : undefined;
      return this.writer.replace(closed(alert, by, this.clock.now()), { alertEtag, pointerEtag });
    });
    if (done === undefined) throw new AppError("conflict", "the alert has already been resolved");
    return done;
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
      const alert = open ? await this.seenAgain(open, condition) : await this.insert(condition, pointer, fault);
      return { alert, raised: alert.status === "open" && open?.alert.status !== "open" };
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
    const now = this.clock.now();
    const { shown, files } = await this.shownOf(condition, now.toISOString(), open.alert);
    const step = seenAgain(open.alert, condition, shown, now);
    return this.writer.replace(step, open, fileRows(step.alert, files));
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
    const { subject, rule } = condition;
    const now = this.clock.now();
    const { shown, files } = await this.shownOf(condition, now.toISOString());
    const step = firstSeen(condition, shown, now);
    const row = pointing(step.alert);
    return this.writer.insert(step, pointer ? { kind: "replace", row, etag: pointer.etag } : { kind: "insert", row }, [
      ...fileRows(step.alert, files),
      ...(fault ? [auditInsert(subject, releaseEntry(subject, rule, fault), now)] : []),
    ]);
  }

  /** One file fewer; the last one ends the alert. */
  private async settleFile(open: OpenAlert, file: string, row: TableRow | undefined): Promise<Alert | undefined> {
    const { alert } = open;
    const settled: TableOperation[] = row
      ? [{ kind: "replace", row: settledRow(alert, file, row), etag: row.etag }]
      : [];
    const count = countOf(alert) - 1;
    if (count <= 0) return this.writer.replace(ended(alert, this.clock.now()), open, settled);
    const shown = filesOf(alert).filter((one) => one.file !== file);
    const rest = withoutFile(alert, shown.length > 0 ? shown : await filesLeft(this.tables, alert, file), count);
    await this.writer.replace({ alert: rest }, open, settled);
    return undefined;
  }

  /** Writes a step, where there is one; the alert, if that ended it. */
  private async advance(open: OpenAlert, step: Step | undefined): Promise<Alert | undefined> {
    if (step === undefined) return undefined;
    const alert = await this.writer.replace(step, open);
    return isCurrent(alert) ? undefined : alert;
  }
}

function fileRows(alert: Alert, files: AlertFile[]): TableOperation[] {
  return files.map((file) => ({ kind: "upsert", row: fileRow(alert, file, false) }));
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

function retried<T>(whose: string, work: () => Promise<T>): Promise<T> {
  return retryConflict(`the alerts of ${whose}`, work);
}
