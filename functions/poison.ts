import { app } from "@azure/functions";
import { getApp } from "../shared/app";
import { handlePoison } from "../shared/governance/handlePoison";
import { trainingQueues } from "../shared/training/runRecord";
import { background } from "./background";

const queues = [...Object.values(trainingQueues), "webjobs-blobtrigger"];

for (const queue of queues)
  app.storageQueue(`poison-${queue}`, {
    queueName: `${queue}-poison`,
    connection: "AzureWebJobsStorage",
    handler: (message: unknown, context) => background(context, () => handlePoison(getApp().poison, queue, message)),
  });
