import { isAppError } from "../../errors";
import type { TableOperation } from "../../ports";
import { type Alert, alertKey, alertTable } from "../alert";
import { channelsSpec } from "../channels/registry";
import { isTold } from "../message/alertMessage";
import { type Announcement, outboxKey } from "../outbox";
import { type Delivery, type DeliveryPlace, deliveryKey, deliveryRow, newDelivery } from "./delivery";
import type { DeliveryPorts } from "./deliveryPorts";
import { destinationInTrouble } from "./deliveryTrouble";
import { findAlert } from "./findAlert";
import { sendDue } from "./sendDue";
import { dueMark } from "./unsettled";

/**
 * Turns a change of an alert into one delivery for each address that is to know of it, once however often it is called:
 * the announcement leaves the outbox in the transaction that writes the deliveries.
 */
export async function planDeliveries(ports: DeliveryPorts, announcement: Announcement): Promise<void> {
  const { tables, queues } = ports;
  const { subject } = announcement;
  const waiting = await tables.get(alertTable, subject, outboxKey(announcement));
  if (waiting === undefined) return;
  const planned = await deliveriesOf(ports, announcement);
  if (planned.length > 0)
    await tables.transaction(
      alertTable,
      planned.map(({ place, delivery }) => dueMark(place, delivery.at)),
    );
  const written = planned.map(({ place, delivery }): TableOperation => {
    return { kind: "insert", row: deliveryRow(place, delivery) };
  });
  try {
    await tables.transaction(alertTable, [{ kind: "delete", row: waiting }, ...written]);
  } catch (error) {
    if (isAppError(error, "conflict", "precondition_failed")) return; // another instance has planned it
    throw error;
  }
  for (const { place } of planned) await sendDue(queues, place);
}

/** None where nobody is to be told of such a change, or the alert is gone. */
async function deliveriesOf(
  ports: DeliveryPorts,
  announcement: Announcement,
): Promise<{ place: DeliveryPlace; delivery: Delivery }[]> {
  const { event, subject } = announcement;
  const alert = isTold(event) ? await findAlert(ports.tables, announcement.alert) : undefined;
  if (alert === undefined || !isTold(event)) return [];
  return concerned(ports, alert).map((one) => {
    const delivery = newDelivery({ ...announcement, event }, one);
    return { delivery, place: { subject, key: deliveryKey(alertKey(alert), delivery) } };
  });
}

const ranks = { info: 0, warning: 1, error: 2, none: 3 } as const;

/** The addresses that are told of an alert of this severity; never the one whose trouble it is about. */
function concerned({ destinations, usecases }: DeliveryPorts, alert: Alert) {
  const least = usecases.get(alert.subject)?.spec.channels ?? channelsSpec.parse({});
  const inTrouble = destinationInTrouble(alert);
  return destinations.filter(({ id, channel }) => ranks[alert.severity] >= ranks[least[channel]] && id !== inTrouble);
}
