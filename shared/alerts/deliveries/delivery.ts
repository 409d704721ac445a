import { z } from "zod";
import { documentType, jsonColumn, objectOf, readRow, unchanged } from "../../documents";
import type { TableRow } from "../../ports";
import { alertTable } from "../alert";
import type { Destination } from "../channels/registry";
import { type ToldEvent, toldEvents } from "../message/alertMessage";
import type { Announcement } from "../outbox";

/** One try to send a message. */
export interface DeliveryAttempt {
  at: string;
  /** how long it took, ms */
  tookMs: number;
  /** why it failed, without secrets; absent where it did not */
  error?: string;
}

/** A change of an alert on its way to one address. */
export interface Delivery {
  /** `{alert}.{event}-{time}.{destination}`: the message carries it, so that a receiver can drop a repetition */
  id: string;
  alert: string;
  event: ToldEvent;
  /** when the alert changed */
  at: string;
  channel: string;
  destination: string;
  /** as people see it, without secrets */
  address: string;
  status: "waiting" | "delivered" | "failed";
  /** the newest, oldest first */
  attempts: DeliveryAttempt[];
  attemptCount: number;
  /** when it is tried next, while it waits */
  dueAt?: string;
  /** when the try that is under way began */
  sendingSince?: string;
  /** when it was delivered or given up */
  settledAt?: string;
}

/** Attempts that a row keeps; `attemptCount` has all. */
const keptAttempts = 12;

const deliveries = documentType(
  objectOf<Delivery>({
    id: z.string(),
    alert: z.string(),
    event: z.enum(toldEvents),
    at: z.iso.datetime(),
    channel: z.string(),
    destination: z.string(),
    address: z.string(),
    status: z.enum(["waiting", "delivered", "failed"]),
    attempts: jsonColumn(
      z.array(objectOf<DeliveryAttempt>({ at: z.string(), tookMs: z.number(), error: z.string().optional() })),
    ),
    attemptCount: z.number(),
    dueAt: z.iso.datetime().optional(),
    sendingSince: z.iso.datetime().optional(),
    settledAt: z.iso.datetime().optional(),
  }),
  [unchanged],
);

/** Where the row of a delivery stands: beside its alert. */
export interface DeliveryPlace {
  subject: string;
  key: string;
}

/** A delivery that is due at once. */
export function newDelivery({ alert, event, at }: Announcement & { event: ToldEvent }, to: Destination): Delivery {
  const { id: destination, channel, label: address } = to;
  const id = `${alert}.${event}-${compact(at)}.${destination}`;
  const none = { status: "waiting" as const, attempts: [], attemptCount: 0 };
  return { id, alert, event, at, channel, destination, address, ...none, dueAt: at };
}

/** The row key of a delivery; `alert` is that of its alert. */
export function deliveryKey(alert: string, { event, at, destination }: Delivery): string {
  return `${deliveryPrefix(alert)}${event}-${compact(at)}:${destination}`;
}

/** What the row keys of all deliveries of an alert begin with. */
export function deliveryPrefix(alert: string): string {
  return `delivery:${alert}:`;
}

function compact(instant: string): string {
  return instant.replace(/[-:.]/g, "");
}

export function deliveryRow({ subject, key }: DeliveryPlace, delivery: Delivery): TableRow {
  const { attempts, ...plain } = delivery;
  const kept = JSON.stringify(attempts.slice(-keptAttempts));
  return { partitionKey: subject, rowKey: key, form: deliveries.form, ...plain, attempts: kept };
}

/** The delivery that a row holds; AppError corrupt names the row where it cannot be read. */
export function readDelivery(row: TableRow): Delivery {
  return readRow(deliveries, alertTable, row);
}
