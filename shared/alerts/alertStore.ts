import { AppError } from "../errors";
import { auditInsert } from "../ledger/auditEntry";
import type { OnUnreadable } from "../ledger/readable";
import { retryConflict } from "../ledger/retryConflict";
import type { TableOperation } from "../ports";
import { type ActionNote, withNote } from "./actionNote";
import { type Alert, alertKey, alertTable, type Condition, isCurrent } from "./alert";
import { noteEntry, releaseEntry } from "./alertAudit";
import type { ChangeByHand } from "./alertByHand";
import { firstSeen, notHeld, type Step, seenAgain } from "./alertLife";
import { currentAlerts, listAlerts } from "./alertList";
import { type AlertPolicy, type PolicyOf, silentUntil } from "./alertPolicy";
import { alertRow, readAlert } from "./alertRow";
import type { AlertState } from "./alertState";
import { nextInstant, stepOfTime } from "./alertTime";
import { AlertWriter, type AlertWriterPorts, released } from "./alertWriter";
import type { InstantRange } from "./confirmation";
import type { Dispatch } from "./dispatch";
import { fileSettled, ofFiles } from "./fileSteps";
import { findAlert, type OpenAlert, type Pointed, readPointed } from "./openAlert";

export interface AlertPorts extends AlertWriterPorts {
  /** starts the actions of an alert each time its condition is found to hold */
  dispatch: Dispatch;
  /** what the rule of an alert says of its life; without it rules say nothing */
  policyOf?: PolicyOf;
}

/** Alerts in one table: one row per alert, and a row `open:{rule}` that keeps a condition from being raised twice. */
export class AlertStore {
  private readonly writer: AlertWriter;

  constructor(private readonly ports: AlertPorts) {
    this.writer = new AlertWriter(ports);
  }

  /**
   * Raises an alert, or counts one more occurrence on the one that is open; then starts the actions that policies want
   * for it. Nothing is started for one that is pending or silent: `raised` says whether it has opened now. An open
   * alert that cannot be read is released, and a new one raised in its place.
   */
  async raise(condition: Condition): Promise<{ alert: Alert; raised: boolean }> {
    const policy = await this.policyOf(condition.subject, condition.rule);
    const { alert, raised } = await this.record(condition, policy);
    return { alert: await this.startActions(alert, policy), raised };
  }

  /** Makes a change by hand after which an action may start, and starts it at once. */
  async changeAndAct(id: string, change: ChangeByHand): Promise<Alert> {
    const alert = await this.change(id, change);
    return this.startActions(alert, await this.policyOf(alert.subject, alert.rule));
  }

  private async startActions(alert: Alert, policy: AlertPolicy): Promise<Alert> {
    if (alert.status !== "open" || silentUntil(alert, policy, this.now()) !== undefined) return alert;
    return this.ports.dispatch(alert, (about, note) => this.note(about, note));
  }

  /**
   * The condition is over, or, where a file is given, that file's part in it: closes the open alert of a rule, if
   * nothing else keeps it open. One that cannot be read is released: its row stays as it is, and it is open no more.
   */
  resolve(subject: string, rule: string, file?: string): Promise<Alert | undefined> {
    if (file === undefined) return this.resolveWhere(subject, rule, () => true);
    return retried(subject, async () => {
      const open = await this.openOrReleased(subject, rule);
      const settled = open && (await fileSettled(this.ports.tables, open.alert, file, this.now()));
      return settled && this.advance(open, settled.step, settled.rows);
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
      return this.advance(open, notHeld(open.alert, window, this.now()));
    });
  }

  /** Changes an alert by hand; AppError not_found when there is none, and whatever the change refuses. */
  change(id: string, change: ChangeByHand): Promise<Alert> {
    return retried(id, async () => {
      const found = await findAlert(this.ports.tables, id);
      return this.writer.replace(change(found.alert, this.now()), found);
    });
  }

  /** The alert with an id; AppError not_found when there is none. */
  async get(id: string): Promise<Alert> {
    return (await findAlert(this.ports.tables, id)).alert;
  }

  /**
   * Alerts of one subject, or of all, newest first; in one state, or in any; those after the place `after` only. A row
   * that cannot be read is thrown, or told to `onUnreadable` and left out.
   */
  list(
    subject: string | undefined,
    limit: number,
    state?: AlertState,
    after?: string,
    onUnreadable?: OnUnreadable,
  ): Promise<Alert[]> {
    return listAlerts(this.ports.tables, { subject, limit, state, after, onUnreadable, now: this.now() });
  }

  /**
   * Does what the time alone makes of a subject's alerts: silences that are over, escalations. Returns what changed,
   * and the next instant at which there is something to do.
   */
  async passTime(subject: string, onUnreadable: OnUnreadable): Promise<{ changed: Alert[]; next?: string }> {
    const changed: Alert[] = [];
    const instants: string[] = [];
    for (const { id, rule } of await currentAlerts(this.ports.tables, subject, onUnreadable)) {
      const policy = await this.policyOf(subject, rule);
      const { alert, step } = await retried(subject, () => this.stepInTime(id, policy));
      if (step) changed.push(alert);
      const next = nextInstant(alert, policy, this.now());
      if (next !== undefined) instants.push(next);
    }
    return { changed, next: instants.toSorted()[0] };
  }

  private async stepInTime(id: string, policy: AlertPolicy): Promise<{ alert: Alert; step?: Step }> {
    const found = await findAlert(this.ports.tables, id);
    const step = stepOfTime(found.alert, policy, this.now());
    return step ? { alert: await this.writer.replace(step, found), step } : { alert: found.alert };
  }

  private record(condition: Condition, policy: AlertPolicy): Promise<{ alert: Alert; raised: boolean }> {
    const { subject, rule } = condition;
    return retried(subject, async () => {
      const pointed = await readPointed(this.ports.tables, subject, rule);
      const { open } = pointed;
      const now = this.now();
      const of = await ofFiles(this.ports.tables, condition, now.toISOString(), open?.alert);
      const step = open ? seenAgain(open.alert, of.condition, policy, now) : firstSeen(of.condition, policy, now);
      const rows = [...of.rowsFor(step.alert), ...this.releasing(subject, rule, pointed)];
      // `pointer` was read before: a second read would accept what another instance raised in between
      const alert = await (open
        ? this.writer.replace(step, open, rows)
        : this.writer.insert(step, pointed.pointer, rows));
      return { alert, raised: step.report === "raised" };
    });
  }

  /** The open alert of a rule; one that cannot be read keeps nothing else from its work, and is open no more. */
  private async openOrReleased(subject: string, rule: string): Promise<OpenAlert | undefined> {
    const pointed = await readPointed(this.ports.tables, subject, rule);
    const entries = this.releasing(subject, rule, pointed);
    if (entries.length > 0)
      await this.ports.tables.transaction(alertTable, [released(subject, rule, pointed.pointer?.etag), ...entries]);
    return pointed.open;
  }

  private releasing(subject: string, rule: string, { fault }: Pointed) {
    return fault ? [auditInsert(subject, releaseEntry(subject, rule, fault), this.now())] : [];
  }

  /**
   * Notes on an alert what became of an action, with its audit entry, also when the alert was resolved meanwhile;
   * returns its new state.
   */
  private note(about: Alert, note: Omit<ActionNote, "at">): Promise<Alert> {
    const { id, subject } = about;
    return retried(subject, async () => {
      const row = await this.ports.tables.get(alertTable, subject, alertKey(about));
      if (row === undefined) throw new AppError("not_found", `the alert ${id} is gone`);
      const alert = readAlert(row);
      const now = this.now();
      const actions = withNote(alert.actions, { ...note, at: now.toISOString() });
      if (actions === undefined) return alert;
      const noted = { ...alert, actions };
      await this.ports.tables.transaction(alertTable, [
        { kind: "replace", row: alertRow(noted), etag: row.etag },
        auditInsert(subject, noteEntry(noted, note), now),
      ]);
      return noted;
    });
  }

  /** Writes a step, where there is one; the alert, if that ended it. */
  private async advance(
    open: OpenAlert,
    step: Step | undefined,
    rows: TableOperation[] = [],
  ): Promise<Alert | undefined> {
    if (step === undefined) return undefined;
    const alert = await this.writer.replace(step, open, rows);
    return isCurrent(alert) ? undefined : alert;
  }

  private async policyOf(subject: string, rule: string): Promise<AlertPolicy> {
    return (await this.ports.policyOf?.(subject, rule)) ?? {};
  }

  private now(): Date {
    return this.ports.clock.now();
  }
}

function retried<T>(whose: string, work: () => Promise<T>): Promise<T> {
  return retryConflict(`the alerts of ${whose}`, work);
}
