import { app } from "@azure/functions";
import { z } from "zod";
import type { Delivery } from "../shared/alerts/deliveries/delivery";
import { deliveryMessage, deliveryQueue } from "../shared/alerts/deliveries/deliveryQueue";
import { listDeliveries } from "../shared/alerts/deliveries/listDeliveries";
import { planDeliveries } from "../shared/alerts/deliveries/planDeliveries";
import { tryDelivery } from "../shared/alerts/deliveries/tryDelivery";
import { getApp } from "../shared/app";
import { queueStep } from "./background";
import { endpoint } from "./endpoint";
import { cursorAfter, pageOf, pageQuery } from "./listPage";
import { shownFields } from "./shownFields";
import { noteUnreadable } from "./unreadable";

app.storageQueue("deliver", {
  queueName: deliveryQueue,
  connection: "AzureWebJobsStorage",
  handler: queueStep(deliveryMessage, (message) =>
    "announcement" in message
      ? planDeliveries(getApp(), message.announcement)
      : tryDelivery(getApp(), message.delivery),
  ),
});

const deliveryFields = [
  "id",
  "event",
  "at",
  "channel",
  "address",
  "status",
  "attemptCount",
  "attempts",
  "dueAt",
  "settledAt",
] as const;

app.http("listDeliveries", {
  methods: ["GET"],
  route: "alerts/{id}/deliveries",
  authLevel: "function",
  handler: endpoint(
    async ({ params: { id } }, _context, { limit, cursor }) => {
      const { note, field } = noteUnreadable();
      const found = await listDeliveries(getApp().tables, id, note);
      const { entries, last } = pageOf(found, placeOf, limit, cursor);
      const deliveries = entries.map((one) => shownFields(one, deliveryFields));
      return { jsonBody: { alert: id, deliveries, next: cursorAfter("deliveries", last), ...field() } };
    },
    z.strictObject(pageQuery("deliveries")),
  ),
});

/** Newest change first. */
function placeOf({ at, id }: Delivery): string {
  return `${at} ${id}`;
}
