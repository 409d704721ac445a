import { BlobServiceClient, type ContainerClient, RestError } from "@azure/storage-blob";
import type { QueueClient } from "@azure/storage-queue";
import type { BlobPattern } from "./blobPattern";
import type { FunctionPlan, Trigger } from "./functionPlan";
import { fewRetries, type Listener, type ListenerContext, sleep } from "./listener";
import { createOutageLog } from "./outageLog";

/** The message by which a found blob travels to its function, in the real host's shape. */
export interface BlobMessage {
  Type: "BlobTrigger";
  FunctionId: string;
  BlobType: string;
  ContainerName: string;
  BlobName: string;
  ETag: string;
}

// The real host scans every ten seconds; nobody wants to wait that long while developing.
const scanIntervalMs = 500;
const faultWaitMs = 2_000;

/**
 * Watches a container and queues each matching blob once per ETag: a receipt blob remembers it across restarts, as in
 * https://github.com/Azure/azure-sdk-for-net, Microsoft.Azure.WebJobs.Extensions.Storage.Blobs, BlobTriggerExecutor.cs.
 */
export async function startBlobScan(
  plan: FunctionPlan,
  { pattern, connectionString }: Extract<Trigger, { kind: "blob" }>,
  work: QueueClient,
  context: ListenerContext,
): Promise<Listener> {
  const service = BlobServiceClient.fromConnectionString(connectionString, fewRetries);
  const container = service.getContainerClient(pattern.container);
  const receipts = await openReceipts(plan.name, context);
  const stopping = new AbortController();
  const { signal } = stopping;
  const outage = createOutageLog(`[${plan.name}] cannot scan container ${pattern.container}`, context.log);

  const scan = async () => {
    while (!signal.aborted) {
      try {
        for (const blob of await listMatches(container, pattern)) {
          if (!signal.aborted) await offer(blob, `Host.Functions.${plan.name}`, pattern.container, work, receipts);
        }
        outage.worked();
        await sleep(scanIntervalMs, signal);
      } catch (error) {
        if (!signal.aborted) outage.failed(error);
        await sleep(faultWaitMs, signal);
      }
    }
  };
  const scanning = scan();
  return { stop: () => stopping.abort(), idle: () => scanning };
}

/** Queues the blob for its function, unless a receipt says that this was done. */
async function offer(
  { name, etag, type }: FoundBlob,
  functionId: string,
  container: string,
  work: QueueClient,
  receipts: Receipts,
): Promise<void> {
  const receipt = `"${etag}"/${container}/${name}`;
  if (receipts.has(receipt)) return;
  const message: BlobMessage = {
    Type: "BlobTrigger",
    FunctionId: functionId,
    BlobType: type,
    ContainerName: container,
    BlobName: name,
    ETag: `"${etag}"`,
  };
  await work.sendMessage(Buffer.from(JSON.stringify(message)).toString("base64"));
  await receipts.add(receipt);
}

interface FoundBlob {
  name: string;
  etag: string;
  type: string;
}

/** None while the container is missing: like the real host, this one waits for somebody to create it. */
async function listMatches(container: ContainerClient, pattern: BlobPattern): Promise<FoundBlob[]> {
  const found: FoundBlob[] = [];
  try {
    for await (const { name, properties } of container.listBlobsFlat({ prefix: pattern.prefix })) {
      if (!pattern.match(name)) continue;
      // Listings write an ETag bare, properties write it in quotes.
      found.push({ name, etag: properties.etag.replaceAll('"', ""), type: properties.blobType ?? "BlockBlob" });
    }
  } catch (error) {
    if (!(error instanceof RestError) || error.code !== "ContainerNotFound") throw error;
  }
  return found;
}

interface Receipts {
  has(receipt: string): boolean;
  add(receipt: string): Promise<void>;
}

async function openReceipts(functionName: string, { hostId, storage }: ListenerContext): Promise<Receipts> {
  const container = BlobServiceClient.fromConnectionString(storage, fewRetries).getContainerClient(
    "azure-webjobs-hosts",
  );
  await container.createIfNotExists();
  const prefix = `blobreceipts/${hostId}/Host.Functions.${functionName}/`;
  const known = new Set<string>();
  for await (const { name } of container.listBlobsFlat({ prefix })) known.add(name.slice(prefix.length));
  return {
    has: (receipt: string) => known.has(receipt),
    add: async (receipt: string) => {
      await container.getBlockBlobClient(prefix + receipt).upload("", 0, { metadata: { Completed: "True" } });
      known.add(receipt);
    },
  };
}
