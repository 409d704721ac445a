import { app } from "@azure/functions";
import { getApp } from "../shared/app";
import { handlePoison } from "../shared/loop/handlePoison";
import { poisonQueues } from "../shared/storageNames";
import { background } from "./background";

for (const [queue, queueName] of Object.entries(poisonQueues))
  app.storageQueue(`poison-${queue}`, {
    queueName,
    connection: "AzureWebJobsStorage",
    handler: (message: unknown, context) => background(context, () => handlePoison(getApp(), queue, message)),
  });
