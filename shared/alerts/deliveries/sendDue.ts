import type { QueueSender } from "../../ports";
import type { DeliveryPlace } from "./delivery";
import { type DeliveryMessage, deliveryQueue } from "./deliveryQueue";

/** Has a delivery tried in `delaySeconds`. */
export function sendDue(queues: QueueSender, delivery: DeliveryPlace, delaySeconds = 0): Promise<void> {
  return queues.send(deliveryQueue, { delivery } satisfies DeliveryMessage, { delaySeconds });
}
