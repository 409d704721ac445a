import { AppError } from "../../errors";
import { type OnUnreadable, readable } from "../../ledger/readable";
import type { TableStore } from "../../ports";
import { alertTable, placeOfAlert } from "../alert";
import { type Delivery, deliveryPrefix, readDelivery } from "./delivery";

/**
 * Every delivery of an alert, in the order of their ids; AppError not_found where there is no such alert. A row that
 * cannot be read is told to `onUnreadable` and left out.
 */
export async function listDeliveries(tables: TableStore, id: string, onUnreadable: OnUnreadable): Promise<Delivery[]> {
  const place = placeOfAlert(id);
  const row = place && (await tables.get(alertTable, place.subject, place.rowKey));
  if (place === undefined || row === undefined)
    throw new AppError("not_found", "there is no alert with this id; GET /alerts lists them");
  const found: Delivery[] = [];
  const prefix = deliveryPrefix(place.rowKey);
  for await (const one of tables.list(alertTable, place.subject, { from: prefix, to: `${prefix.slice(0, -1)};` })) {
    const delivery = readable(() => readDelivery(one), onUnreadable);
    if (delivery !== undefined) found.push(delivery);
  }
  return found;
}
