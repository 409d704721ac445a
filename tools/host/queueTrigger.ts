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
  const poison = poisonQueueName(trigger.queueName);
  return listenToQueue({
    functionOf: () => plan.name,
    queue,
    poisonQueue: poison === undefined ? undefined : service.getQueueClient(poison),
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

const longestName = 63;

/**
 * The queue to which failing messages of `queueName` go; undefined for one that is itself a poison queue, or whose name
 * is too long for the suffix. After QueueListenerFactory.cs of https://github.com/Azure/azure-sdk-for-net.
 */
export function poisonQueueName(queueName: string): string | undefined {
  const name = `${queueName}-poison`;
  return queueName.endsWith("-poison") || name.length > longestName ? undefined : name;
}
