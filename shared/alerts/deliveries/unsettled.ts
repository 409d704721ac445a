import { isAppError } from "../../errors";
import type { TableOperation, TableRow, TableStore } from "../../ports";
import { alertTable } from "../alert";
import type { DeliveryPlace } from "./delivery";

/** Unsettled deliveries stand in one partition, so that one call finds what was left over; no subject has an "@". */
const partition = "@deliveries";

/** Notes that a delivery is to be tried at `dueAt`. */
export function dueMark(place: DeliveryPlace, dueAt: string): TableOperation {
  return { kind: "upsert", row: { partitionKey: partition, rowKey: markKey(place), dueAt } };
}

/** Removes the mark of a delivery that is settled, if there is one. */
export async function removeMark(tables: TableStore, place: DeliveryPlace): Promise<void> {
  try {
    await tables.transaction(alertTable, [
      { kind: "delete", row: { partitionKey: partition, rowKey: markKey(place) } },
    ]);
  } catch (error) {
    if (!isAppError(error, "precondition_failed")) throw error;
  }
}

function markKey({ subject, key }: DeliveryPlace): string {
  return `${subject}:${key}`;
}

/** Where unsettled deliveries are listed. */
export const unsettled = { table: alertTable, partition };

/** The delivery that a mark is of, and when it is due. */
export function readMark({ rowKey, dueAt }: TableRow): { place: DeliveryPlace; dueMs: number } {
  const [subject] = rowKey.split(":", 1);
  return { place: { subject, key: rowKey.slice(subject.length + 1) }, dueMs: Date.parse(String(dueAt)) };
}
