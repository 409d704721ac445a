import { AppError, isAppError } from "../errors";
import type { TableRow, TableStore } from "../ports";
import { type Alert, alertTable, placeOfAlert } from "./alert";
import { pointedKey, pointerKey, readAlert } from "./alertRow";

/** An open or pending alert with the entity tags under which it was read. */
export interface OpenAlert {
  alert: Alert;
  alertEtag?: string;
  /** absent where no pointer leads to it */
  pointerEtag?: string;
}

/** What the row `open:{rule}` of a subject leads to. */
export interface Pointed {
  pointer?: TableRow;
  open?: OpenAlert;
  /** why the row or its alert cannot be read */
  fault?: AppError;
}

/** The alert of a rule that has not ended, or the fault of its row or pointer; what a newer release wrote is thrown. */
export async function readPointed(tables: TableStore, subject: string, rule: string): Promise<Pointed> {
  const pointer = await tables.get(alertTable, subject, pointerKey(rule));
  try {
    return { pointer, open: await openAlert(tables, pointer) };
  } catch (error) {
    if (isAppError(error, "corrupt")) return { pointer, fault: error };
    throw error;
  }
}

/** The alert that a row `open:{rule}` points to; undefined where it points to none. */
async function openAlert(tables: TableStore, pointer: TableRow | undefined): Promise<OpenAlert | undefined> {
  if (pointer === undefined) return undefined;
  const key = pointedKey(pointer);
  if (key === undefined) return undefined;
  const row = await tables.get(alertTable, pointer.partitionKey, key);
  return row && { alert: readAlert(row), alertEtag: row.etag, pointerEtag: pointer.etag };
}

/** The alert with an id, current or not; AppError not_found where there is none. */
export async function findAlert(tables: TableStore, id: string): Promise<OpenAlert> {
  const place = placeOfAlert(id);
  const row = place && (await tables.get(alertTable, place.subject, place.rowKey));
  if (row === undefined) throw new AppError("not_found", "there is no alert with this id; GET /alerts lists them");
  const alert = readAlert(row);
  const { pointer, open, fault } = await readPointed(tables, alert.subject, alert.rule);
  // one whose pointer was damaged may have a successor, which keeps it
  const isPointed = fault !== undefined || open?.alert.id === alert.id;
  return { alert, alertEtag: row.etag, pointerEtag: isPointed ? pointer?.etag : undefined };
}
