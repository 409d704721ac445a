import type { TableRow, TableStore } from "../ports";
import { type Alert, alertTable, readAlert } from "./alert";

/** An open alert with what names the state in which it was read. */
export interface OpenAlert {
  alert: Alert;
  alertEtag?: string;
  pointerEtag?: string;
}

/** The alert that a row `open:{rule}` points to; undefined where it points to none. */
export async function openAlert(tables: TableStore, pointer: TableRow | undefined): Promise<OpenAlert | undefined> {
  if (pointer === undefined || pointer.alert === "") return undefined;
  const row = await tables.get(alertTable, pointer.partitionKey, String(pointer.alert));
  return row && { alert: readAlert(row), alertEtag: row.etag, pointerEtag: pointer.etag };
}

/** Alerts of one subject, or of all, newest first; of one status, or of both. */
export async function listAlerts(
  tables: TableStore,
  subject: string | undefined,
  limit: number,
  status?: Alert["status"],
): Promise<Alert[]> {
  const subjects = subject === undefined ? await subjectsOf(tables) : [subject];
  const lists = subjects.map((one) =>
    status === "open" ? listOpen(tables, one) : listNewest(tables, one, limit, status),
  );
  return (await Promise.all(lists))
    .flat()
    .sort((a, b) => b.raisedAt.localeCompare(a.raisedAt))
    .slice(0, limit);
}

async function subjectsOf(tables: TableStore): Promise<string[]> {
  const names: string[] = [];
  for await (const row of tables.list(alertTable, "index")) names.push(row.rowKey);
  return names;
}

/** By the pointers, of which a rule has one, however many alerts it had. */
async function listOpen(tables: TableStore, subject: string): Promise<Alert[]> {
  const alerts: Alert[] = [];
  for await (const pointer of tables.list(alertTable, subject, { from: "open:", to: "open;" })) {
    const open = await openAlert(tables, pointer);
    if (open?.alert.status === "open") alerts.push(open.alert);
  }
  return alerts;
}

async function listNewest(
  tables: TableStore,
  subject: string,
  limit: number,
  status?: Alert["status"],
): Promise<Alert[]> {
  const alerts: Alert[] = [];
  for await (const row of tables.list(alertTable, subject, { from: "alert:", to: "alert;" })) {
    const alert = readAlert(row);
    if (status === undefined || alert.status === status) alerts.push(alert);
    if (alerts.length === limit) break;
  }
  return alerts;
}
