import { QueueServiceClient } from "@azure/storage-queue";
import type { FunctionPlan, Trigger } from "./functionPlan";
import type { QueueConfig } from "./hostConfig";
import { fewRetries, type Listener, type ListenerContext } from "./listener";
import { listenToQueue } from "./queueListener";
import { queueMetadata } from "./triggerMetadata";

/** Runs a function for every message of its queue; like the real host it waits for one that is missing. */
export async function startQueueTrigger(
  plan: FunctionPlan,
  trigger: Extract<Trigger, { kind: "queue" }>,
  config: QueueConfig,
  context: ListenerContext,
): Promise<Listener> {
  const service = QueueServiceClient.fromConnectionString(trigger.connectionString, fewRetries);
  const queue = service.getQueueClient(trigger.queueName);
  return listenToQueue({
    functionOf: () => plan.name,
    queue,
    poisonQueue: service.getQueueClient(`${trigger.queueName}-poison`),
    batchSize: config.batchSize,
    newBatchThreshold: config.newBatchThreshold ?? Math.floor(config.batchSize / 2),
    maxDequeueCount: config.maxDequeueCount,
    retryDelayMs: config.visibilityTimeout,
    base64: config.messageEncoding === "base64",
    log: context.log,
    handle: (text, message) =>
      context.invoke({
        functionName: plan.name,
        inputName: plan.inputName,
        data: { string: text },
        triggerMetadata: queueMetadata(text, message, new Date()),
      }),
  });
}
