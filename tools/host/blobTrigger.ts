import { BlobServiceClient, type ContainerClient, RestError } from "@azure/storage-blob";
import { QueueServiceClient } from "@azure/storage-queue";
import { type BlobMessage, startBlobScan } from "./blobScan";
import type { FunctionPlan, Trigger } from "./functionPlan";
import type { HostConfig } from "./hostConfig";
import { fewRetries, type Listener, type ListenerContext } from "./listener";
import type { InvokeMessage } from "./protocol";
import { listenToQueue } from "./queueListener";
import { override } from "./triggerMetadata";

type BlobPlan = FunctionPlan & { trigger: Extract<Trigger, { kind: "blob" }> };
type Invocation = Omit<InvokeMessage, "type" | "id">;

const poisonQueueName = "webjobs-blobtrigger-poison";
// As many messages as storage hands out at once.
const largestBatch = 32;

/** Scans for all blob functions, and works through the one queue that what they find goes through. */
export async function startBlobTriggers(
  plans: BlobPlan[],
  config: HostConfig,
  context: ListenerContext,
): Promise<Listener[]> {
  if (plans.length === 0) return [];
  const service = QueueServiceClient.fromConnectionString(context.storage, fewRetries);
  const queue = service.getQueueClient(`azure-webjobs-blobtrigger-${context.hostId}`);
  await queue.createIfNotExists();
  const { maxDegreeOfParallelism, poisonBlobThreshold } = config.extensions.blobs;
  const worker = listenToQueue({
    functionOf: (text) => {
      const { FunctionId, BlobName } = JSON.parse(text) as BlobMessage;
      return `${FunctionId.replace("Host.Functions.", "")} for ${BlobName}`;
    },
    queue,
    poisonQueue: service.getQueueClient(poisonQueueName),
    ...splitParallelism(maxDegreeOfParallelism),
    maxDequeueCount: poisonBlobThreshold,
    retryDelayMs: 0, // the settings of queues do not hold for blobs
    base64: true,
    log: context.log,
    handle: async (text) => {
      const message = JSON.parse(text) as BlobMessage;
      const plan = plans.find(({ name }) => message.FunctionId === `Host.Functions.${name}`);
      if (!plan)
        return context.log(`[${message.FunctionId}] is no longer in the app: blob ${message.BlobName} is left alone`);
      const input = await readBlobInput(plan, message.BlobName, message.ETag);
      if (input) await context.invoke(input);
    },
  });
  const scans = await Promise.all(plans.map((plan) => startBlobScan(plan, plan.trigger, queue, context)));
  return [worker, ...scans];
}

/**
 * Batches that never add up to more than `count` blobs at work. After SharedBlobQueueListenerFactory.cs of
 * https://github.com/Azure/azure-sdk-for-net.
 */
export function splitParallelism(count: number): { batchSize: number; newBatchThreshold: number } {
  const batchSize = Math.min(largestBatch, Math.floor(count / 2) + 1);
  return { batchSize, newBatchThreshold: count - batchSize };
}

/**
 * The invocation of a blob function for one blob: its bytes and binding data; null when the blob is gone or, with
 * `etag`, no longer the same (the scan finds the newer one).
 */
export async function readBlobInput(plan: BlobPlan, name: string, etag?: string): Promise<Invocation | null> {
  const { pattern, connectionString } = plan.trigger;
  const container = BlobServiceClient.fromConnectionString(connectionString).getContainerClient(pattern.container);
  const blob = await download(container, name, etag);
  const parameters = pattern.match(name);
  if (!blob || !parameters) return null;
  const { bytes, metadata, properties, url } = blob;
  return {
    functionName: plan.name,
    inputName: plan.inputName,
    data: { bytes },
    // The path's parameters win: BlobTriggerBinding.cs of https://github.com/Azure/azure-sdk-for-net.
    triggerMetadata: override(
      {
        BlobTrigger: { string: `${pattern.container}/${name}` },
        Uri: { json: JSON.stringify(url) },
        Properties: { json: JSON.stringify(properties) },
        Metadata: { json: JSON.stringify(metadata) },
      },
      Object.entries(parameters).map(([key, value]) => [key, { string: value }]),
    ),
  };
}

async function download(container: ContainerClient, name: string, etag: string | undefined) {
  const client = container.getBlobClient(name);
  try {
    const conditions = { ifMatch: etag };
    const found = await client.getProperties({ conditions });
    // An empty blob cannot be asked for a range.
    const bytes = found.contentLength ? await client.downloadToBuffer(0, undefined, { conditions }) : Buffer.alloc(0);
    const properties = {
      LastModified: found.lastModified,
      CreatedOn: found.createdOn,
      ContentLength: found.contentLength,
      ContentType: found.contentType,
      ContentEncoding: found.contentEncoding,
      ETag: found.etag,
      BlobType: found.blobType,
    };
    return { bytes, properties, metadata: found.metadata ?? {}, url: client.url };
  } catch (error) {
    if (error instanceof RestError && (error.statusCode === 404 || error.statusCode === 412)) return null;
    throw error;
  }
}
