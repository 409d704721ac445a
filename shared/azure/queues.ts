import { type QueueServiceClient, RestError } from "@azure/storage-queue";
import type { QueueLengths, QueueSender } from "../ports";
import { answerLimitMs, tellingOutages } from "./storageOutage";

/** QueueSender on Azure Queue storage; messages are base64 JSON, as the Functions queue trigger expects by default. */
export function createQueueSender(service: QueueServiceClient): QueueSender & QueueLengths {
  return tellingOutages<QueueSender & QueueLengths>(
    {
      async send(queue, message, options = {}) {
        const client = service.getQueueClient(queue);
        const text = Buffer.from(JSON.stringify(message)).toString("base64");
        const send = () => client.sendMessage(text, { visibilityTimeout: options.delaySeconds });
        try {
          await send();
        } catch (error) {
          if (!(error instanceof RestError) || error.code !== "QueueNotFound") throw error;
          await client.createIfNotExists();
          await send();
        }
      },
      async length(queue) {
        try {
          return (await service.getQueueClient(queue).getProperties()).approximateMessagesCount ?? 0;
        } catch (error) {
          if (error instanceof RestError && error.statusCode === 404) return 0;
          throw error;
        }
      },
    },
    answerLimitMs,
  );
}
