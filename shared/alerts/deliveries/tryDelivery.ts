import { AppError, isAppError, messageOf } from "../../errors";
import { cutText } from "../../ledger/cutText";
import type { TableRow } from "../../ports";
import { telemetryEvents } from "../../telemetryNames";
import { type Alert, alertTable } from "../alert";
import type { Destination } from "../channels/registry";
import type { MessagePicture } from "../message/alertMessage";
import { composeMessage } from "../message/composeMessage";
import { type Delivery, type DeliveryPlace, deliveryRow, readDelivery } from "./delivery";
import type { DeliveryPorts } from "./deliveryPorts";
import { endTrouble, raiseTrouble } from "./deliveryTrouble";
import { findAlert } from "./findAlert";
import { retryDelaySeconds, triesBeforeAlert } from "./retryDelays";
import { sendDue } from "./sendDue";
import { dueMark, removeMark } from "./unsettled";

/** From when on a try that was never noted counts as killed: three times as long as one may take. */
const triedMs = 60_000;
/** a queue's clock may be ahead of ours */
const earlyMs = 2_000;
const longestError = 300;

/**
 * Tries a delivery that is due, once: a copy of its message finds it being tried, or done. Only where this process is
 * killed between sending and noting that is the same message sent again, with the same id.
 */
export async function tryDelivery(ports: DeliveryPorts, place: DeliveryPlace): Promise<void> {
  const claimed = await claim(ports, place);
  if (claimed === undefined) return;
  const started = ports.clock.now();
  const fault = await attempt(ports, claimed.delivery);
  const tookMs = ports.clock.now().getTime() - started.getTime();
  const error = fault && cutText(fault.message, longestError);
  const attempts = [...claimed.delivery.attempts, { at: started.toISOString(), tookMs, ...(error && { error }) }];
  const tried = { ...claimed.delivery, attempts, attemptCount: claimed.delivery.attemptCount + 1 };
  if (fault === undefined) await settle(ports, place, claimed.row, { ...tried, status: "delivered" });
  else await failed(ports, place, claimed.row, tried, fault);
}

interface Claimed {
  delivery: Delivery;
  /** the row with the claim, whose tag tells whether another has taken over */
  row: TableRow;
}

/** The delivery, if it is due and nobody else is trying it. */
async function claim(ports: DeliveryPorts, place: DeliveryPlace): Promise<Claimed | undefined> {
  const { tables, clock, queues } = ports;
  const row = await tables.get(alertTable, place.subject, place.key);
  const delivery = row && readDelivery(row);
  if (delivery?.status !== "waiting") {
    await removeMark(tables, place);
    return undefined;
  }
  const now = clock.now();
  const leftMs = Date.parse(delivery.sendingSince ?? "") + triedMs - now.getTime();
  if (leftMs > 0) {
    await sendDue(queues, place, Math.ceil(leftMs / 1000));
    return undefined;
  }
  if (Date.parse(delivery.dueAt ?? "") - earlyMs > now.getTime()) return undefined; // its own message comes later
  const sending = { ...delivery, sendingSince: now.toISOString() };
  try {
    const change = { kind: "replace" as const, row: deliveryRow(place, sending), etag: row?.etag };
    await tables.transaction(alertTable, [change]);
  } catch (error) {
    if (isAppError(error, "precondition_failed")) return undefined;
    throw error;
  }
  const mine = await tables.get(alertTable, place.subject, place.key);
  const isMine = mine !== undefined && readDelivery(mine).sendingSince === sending.sendingSince;
  return isMine ? { delivery, row: mine } : undefined;
}

/** Sends the message; why that failed, where it did. */
async function attempt(ports: DeliveryPorts, delivery: Delivery): Promise<AppError | undefined> {
  const { destinations, tables, clock, messageAddresses } = ports;
  const destination = destinations.find(({ id }) => id === delivery.destination);
  if (destination === undefined) return new AppError("not_found", "no setting names this address any more");
  const alert = await findAlert(tables, delivery.alert);
  if (alert === undefined) return new AppError("not_found", "the alert is gone or cannot be read");
  const { id: deliveryId, event, at } = delivery;
  const message = composeMessage({ deliveryId, event, at }, alert, messageAddresses, clock.now());
  try {
    await destination.send({ ...message, picture: await pictureOf(ports, alert, destination) });
    return undefined;
  } catch (error) {
    if (isAppError(error)) return error;
    // a bug or a library's own error, whose message may hold what is secret
    console.error(`a message to ${delivery.address} by ${delivery.channel} could not be made or sent`, error);
    return new AppError("internal", "the message could not be made or sent; the log has the reason");
  }
}

/** A picture adds to a message: what keeps it from being drawn keeps no message back. */
async function pictureOf(
  { alertPicture }: DeliveryPorts,
  alert: Alert,
  { channel }: Destination,
): Promise<MessagePicture | undefined> {
  // of one that is over it would show what is no more
  if (channel !== "email" || alert.status === "resolved") return undefined;
  try {
    return await alertPicture(alert);
  } catch (error) {
    console.warn(`the alert ${alert.id} is told without its picture: ${messageOf(error)}`);
    return undefined;
  }
}

async function failed(
  ports: DeliveryPorts,
  place: DeliveryPlace,
  row: TableRow,
  tried: Delivery,
  fault: AppError,
): Promise<void> {
  const { tables, queues, clock, alerts } = ports;
  const isReached = fault.code !== "not_found";
  const waitSeconds = fault.retryable ? retryDelaySeconds(tried.attemptCount, fault.retryAfterSeconds) : undefined;
  if (waitSeconds === undefined) {
    const settled: Delivery = { ...tried, status: "failed" };
    await settle(ports, place, row, settled);
    if (isReached) await raiseTrouble(alerts, settled, fault.message);
    else await endTrouble(alerts, settled);
    return;
  }
  const dueAt = new Date(clock.now().getTime() + waitSeconds * 1000).toISOString();
  const { sendingSince: _done, ...waiting } = tried;
  await tables.transaction(alertTable, [dueMark(place, dueAt)]);
  if (!(await noted(ports, place, row, { ...waiting, dueAt }))) return;
  await sendDue(queues, place, waitSeconds);
  if (tried.attemptCount >= triesBeforeAlert) await raiseTrouble(alerts, tried, fault.message);
}

/** Notes that a delivery is over. */
async function settle(ports: DeliveryPorts, place: DeliveryPlace, row: TableRow, tried: Delivery): Promise<void> {
  const { tables, clock, telemetry, alerts } = ports;
  const { sendingSince: _done, dueAt: _due, ...rest } = tried;
  const settled = { ...rest, settledAt: clock.now().toISOString() };
  if (!(await noted(ports, place, row, settled))) return;
  await removeMark(tables, place);
  const { channel, event, status, attemptCount, at } = settled;
  const seconds = (Date.parse(settled.settledAt) - Date.parse(at)) / 1000;
  const attributes = { subject: place.subject, channel, event, outcome: status };
  telemetry.event(telemetryEvents.alertDelivered, attributes, { seconds, attempts: attemptCount });
  if (status === "delivered") await endTrouble(alerts, settled);
}

/** Writes what became of a try; false where another has taken the delivery over. */
async function noted({ tables }: DeliveryPorts, place: DeliveryPlace, { etag }: TableRow, delivery: Delivery) {
  try {
    await tables.transaction(alertTable, [{ kind: "replace", row: deliveryRow(place, delivery), etag }]);
    return true;
  } catch (error) {
    if (isAppError(error, "precondition_failed")) return false;
    throw error;
  }
}
