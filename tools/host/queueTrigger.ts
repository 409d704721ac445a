import { QueueServiceClient, type ReceivedMessageItem } from "@azure/storage-queue";
import type { FunctionPlan, Trigger } from "./functionPlan";
import type { QueueConfig } from "./hostConfig";
import { fewRetries, type Listener, type ListenerContext } from "./listener";
import type { RpcData } from "./protocol";
import { listenToQueue } from "./queueListener";

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
        triggerMetadata: queueMetadata(text, message),
      }),
  });
}

/**
 * The binding data of a message: its own properties and, when it is a JSON object, that object's
 * (https://learn.microsoft.com/azure/azure-functions/functions-bindings-storage-queue-trigger#message-metadata).
 */
export function queueMetadata(text: string, message: Partial<ReceivedMessageItem>): Record<string, RpcData> {
  const time = (date: Date | undefined) => ({ json: JSON.stringify(date ?? null) });
  return {
    ...jsonProperties(text),
    QueueTrigger: { string: text },
    DequeueCount: { json: String(message.dequeueCount ?? 1) },
    ExpirationTime: time(message.expiresOn),
    Id: { string: message.messageId ?? "" },
    InsertionTime: time(message.insertedOn),
    NextVisibleTime: time(message.nextVisibleOn),
    PopReceipt: { string: message.popReceipt ?? "" },
  };
}

function jsonProperties(text: string): Record<string, RpcData> {
  if (!/^\s*\{/.test(text)) return {};
  try {
    const entries = Object.entries(JSON.parse(text) as object).filter(([, value]) => value !== null);
    return Object.fromEntries(
      entries.map(([name, value]) => [
        name,
        typeof value === "string" ? { string: value } : { json: JSON.stringify(value) },
      ]),
    );
  } catch {
    // Text that only looks like JSON has no properties; the function gets it as text.
    return {};
  }
}
