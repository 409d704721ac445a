import { newestFirst } from "../ledger/auditEntry";
import { type OnUnreadable, readable } from "../ledger/readable";
import type { TableRow, TableStore } from "../ports";
import { type Alert, alertPlace, alertTable } from "./alert";
import { pointedKey, readAlert } from "./alertRow";

/** An open alert with the entity tags under which it was read. */
export interface OpenAlert {
  alert: Alert;
  alertEtag?: string;
  /** absent where no pointer leads to it */
  pointerEtag?: string;
}

/** The alert that a row `open:{rule}` points to; undefined where it points to none. */
export async function openAlert(tables: TableStore, pointer: TableRow | undefined): Promise<OpenAlert | undefined> {
  if (pointer === undefined) return undefined;
  const key = pointedKey(pointer);
  if (key === undefined) return undefined;
  const row = await tables.get(alertTable, pointer.partitionKey, key);
  return row && { alert: readAlert(row), alertEtag: row.etag, pointerEtag: pointer.etag };
}

/** Which alerts a list shows. */
export interface AlertsWanted {
  /** absent: those of all subjects */
  subject?: string;
  /** absent: those of every status */
  status?: Alert["status"];
  limit: number;
  /** the place of the last alert that was shown already */
  after?: string;
  /** told of each row that cannot be read, which keeps no other from the list; absent: it is thrown */
  onUnreadable?: OnUnreadable;
}

/** The newest alerts that are wanted, newest first. */
export async function listAlerts(tables: TableStore, wanted: AlertsWanted): Promise<Alert[]> {
  const { subject, status, limit } = wanted;
  const subjects = subject === undefined ? await subjectsOf(tables) : [subject];
  const lists = subjects.map((one) =>
    (status === "open" || status === "pending" ? listCurrent : listNewest)(tables, one, wanted),
  );
  return (await Promise.all(lists))
    .flat()
    .sort((a, b) => (alertPlace(a) < alertPlace(b) ? 1 : -1))
    .slice(0, limit);
}

function isWanted(alert: Alert, { status, after }: AlertsWanted): boolean {
  return (status === undefined || alert.status === status) && (after === undefined || alertPlace(alert) < after);
}

async function subjectsOf(tables: TableStore): Promise<string[]> {
  const names: string[] = [];
  for await (const row of tables.list(alertTable, "index")) names.push(row.rowKey);
  return names;
}

/** By the pointers: a rule has one, however many alerts it has had. */
async function listCurrent(tables: TableStore, subject: string, wanted: AlertsWanted): Promise<Alert[]> {
  const alerts: Alert[] = [];
  for await (const pointer of tables.list(alertTable, subject, { from: "open:", to: "open;" })) {
    const key = readable(() => pointedKey(pointer), wanted.onUnreadable);
    const row = key === undefined ? undefined : await tables.get(alertTable, subject, key);
    const alert = row && readable(() => readAlert(row), wanted.onUnreadable);
    if (alert !== undefined && isWanted(alert, wanted)) alerts.push(alert);
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
