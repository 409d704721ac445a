import { isAppError } from "../../errors";
import type { TableStore } from "../../ports";
import { type Alert, alertTable, placeOfAlert } from "../alert";
import { readAlert } from "../alertRow";

/** The alert with an id; undefined where it is gone or cannot be read: lists of alerts name such a row. */
export async function findAlert(tables: TableStore, id: string): Promise<Alert | undefined> {
  const place = placeOfAlert(id);
  const row = place && (await tables.get(alertTable, place.subject, place.rowKey));
  try {
    return row && readAlert(row);
  } catch (error) {
    if (isAppError(error, "corrupt")) return undefined;
    throw error;
  }
}
