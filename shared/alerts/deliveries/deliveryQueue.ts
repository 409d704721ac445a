import { z } from "zod";
import { entityName } from "../../names";
import { announcementSchema } from "../outbox";

export const deliveryQueue = "deliveries";

/** A change of an alert, to be sent to those whom it concerns, or one delivery that is due. */
export const deliveryMessage = z.union([
  z.object({ announcement: announcementSchema }),
  z.object({ delivery: z.object({ subject: z.string().regex(entityName), key: z.string().startsWith("delivery:") }) }),
]);

export type DeliveryMessage = z.infer<typeof deliveryMessage>;
