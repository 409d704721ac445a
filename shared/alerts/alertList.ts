import { newestFirst } from "../ledger/auditEntry";
import { type OnUnreadable, readable } from "../ledger/readable";
import type { TableStore } from "../ports";
import { type Alert, alertPlace, alertTable } from "./alert";
import { pointedKey, readAlert } from "./alertRow";
import { type AlertState, isIn } from "./alertState";

/** Which alerts a list shows. */
export interface AlertsWanted {
  /** absent: those of all subjects */
  subject?: string;
  /** absent: those in any */
  state?: AlertState;
  /** of which the states are */
  now: Date;
  limit: number;
  /** the place of the last alert that was shown already */
  after?: string;
  /** told of each row that cannot be read, which keeps no other from the list; absent: it is thrown */
  onUnreadable?: OnUnreadable;
}

/** The newest alerts that are wanted, newest first. */
export async function listAlerts(tables: TableStore, wanted: AlertsWanted): Promise<Alert[]> {
  const { subject, state, limit } = wanted;
  const subjects = subject === undefined ? await subjectsOf(tables) : [subject];
  const isOver = state === undefined || state === "resolved" || state === "unconfirmed";
  const lists = subjects.map((one) => (isOver ? listNewest : listCurrent)(tables, one, wanted));
  return (await Promise.all(lists))
    .flat()
    .sort((a, b) => (alertPlace(a) < alertPlace(b) ? 1 : -1))
    .slice(0, limit);
}

function isWanted(alert: Alert, { state, after, now }: AlertsWanted): boolean {
  return (state === undefined || isIn(state, alert, now)) && (after === undefined || alertPlace(alert) < after);
}

async function subjectsOf(tables: TableStore): Promise<string[]> {
  const names: string[] = [];
  for await (const row of tables.list(alertTable, "index")) names.push(row.rowKey);
  return names;
}

async function listCurrent(tables: TableStore, subject: string, wanted: AlertsWanted): Promise<Alert[]> {
  const alerts = await currentAlerts(tables, subject, wanted.onUnreadable);
  return alerts.filter((alert) => isWanted(alert, wanted));
}

/** The open and pending alerts of a subject, by the pointers: a rule has one, however many alerts it has had. */
export async function currentAlerts(
  tables: TableStore,
  subject: string,
  onUnreadable?: OnUnreadable,
): Promise<Alert[]> {
  const alerts: Alert[] = [];
  for await (const pointer of tables.list(alertTable, subject, { from: "open:", to: "open;" })) {
    const key = readable(() => pointedKey(pointer), onUnreadable);
    const row = key === undefined ? undefined : await tables.get(alertTable, subject, key);
    const alert = row && readable(() => readAlert(row), onUnreadable);
    if (alert !== undefined) alerts.push(alert);
  }
  return alerts;
}

async function listNewest(tables: TableStore, subject: string, wanted: AlertsWanted): Promise<Alert[]> {
  const alerts: Alert[] = [];
  for await (const row of tables.list(alertTable, subject, { from: firstKey(wanted), to: "alert;" })) {
    const alert = readable(() => readAlert(row), wanted.onUnreadable);
    if (alert === undefined) continue;
    // rows of one instant are not in the list's order: all of them are read
    if (alerts.length >= wanted.limit && alert.raisedAt !== alerts.at(-1)?.raisedAt) break;
    if (isWanted(alert, wanted)) alerts.push(alert);
  }
  return alerts;
}

/** Where reading begins: at the instant of the place that the list goes on after. */
function firstKey({ after = "" }: AlertsWanted): string {
  const raisedAt = new Date(after.split(" ", 1)[0]);
  return Number.isNaN(raisedAt.getTime()) ? "alert:" : `alert:${newestFirst(raisedAt)}`;
}
