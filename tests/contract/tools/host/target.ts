import path from "node:path";
import { BlobServiceClient } from "@azure/storage-blob";
import { QueueServiceClient } from "@azure/storage-queue";
import { type Host, startHost } from "../../../../tools/host/host";
import { startAzurite } from "../../../support/azurite";

/** What the contract suite runs against; `host` and `lines` only when it is the development host, started here. */
export interface Target {
  url: string;
  keys: { master: string; function: string };
  blobs: BlobServiceClient;
  queues: QueueServiceClient;
  host?: Host;
  lines: string[];
  stop(): Promise<void>;
}

export const appDir = path.resolve("tests/contract/tools/host/app");
/**
 * The suite also runs on `func start --enableAuth` or a deployed app: point these at the fixture app's address and
 * storage.
 */
export const isExternal = process.env.TIDEGATE_CONTRACT_URL !== undefined;

/** The target named by the environment, or else a fresh Azurite with the development host on it. */
export async function openTarget(): Promise<Target> {
  const { TIDEGATE_CONTRACT_URL: url, TIDEGATE_CONTRACT_STORAGE: storage } = process.env;
  if (url) {
    if (!storage) throw new Error("TIDEGATE_CONTRACT_URL is set, so TIDEGATE_CONTRACT_STORAGE must be set too.");
    const keys = {
      master: process.env.TIDEGATE_CONTRACT_MASTER_KEY ?? "",
      function: process.env.TIDEGATE_CONTRACT_FUNCTION_KEY ?? "",
    };
    return { url, keys, ...openStorage(storage), lines: [], stop: async () => undefined };
  }
  const azurite = await startAzurite();
  const lines: string[] = [];
  const host = await startHost({
    appDir,
    port: 0,
    settings: { AzureWebJobsStorage: azurite.connectionString },
    hostId: "contract",
    log: (line) => lines.push(line),
  }).catch(async (error) => {
    await azurite.stop();
    throw error;
  });
  const stop = async () => {
    await host.stop();
    await azurite.stop();
  };
  return { url: host.url, keys: host.keys, ...openStorage(azurite.connectionString), host, lines, stop };
}

function openStorage(connectionString: string) {
  return {
    blobs: BlobServiceClient.fromConnectionString(connectionString),
    queues: QueueServiceClient.fromConnectionString(connectionString),
  };
}

/** Asks again and again until the answer is not undefined; fails with `what` after the limit. */
export async function eventually<T>(what: string, ask: () => Promise<T | undefined>, limitMs = 40_000): Promise<T> {
  const deadline = performance.now() + limitMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (performance.now() > deadline) throw new Error(`Waited ${limitMs / 1000} s for ${what}, which did not come`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Puts text on a queue as the host expects it (base64). */
export async function send(target: Target, queueName: string, text: string): Promise<void> {
  const queue = target.queues.getQueueClient(queueName);
  await queue.createIfNotExists();
  await queue.sendMessage(Buffer.from(text).toString("base64"));
}

const passedOver = new Map<string, string[]>();

/** Takes the first message that fits off a queue; those it passes over are kept for later calls. */
export async function take(target: Target, queueName: string, fits: (text: string) => boolean): Promise<string> {
  const queue = target.queues.getQueueClient(queueName);
  await queue.createIfNotExists();
  const kept = passedOver.get(queueName) ?? [];
  passedOver.set(queueName, kept);
  return eventually(`a message on ${queueName}`, async () => {
    const { receivedMessageItems } = await queue.receiveMessages({ numberOfMessages: 32 });
    for (const { messageId, popReceipt, messageText } of receivedMessageItems) {
      await queue.deleteMessage(messageId, popReceipt);
      kept.push(decode(messageText));
    }
    const index = kept.findIndex(fits);
    return index < 0 ? undefined : kept.splice(index, 1)[0];
  });
}

/** Takes what a function of the fixture reported to `contract-seen`. */
export async function takeSeen<T>(target: Target, by: string, mark = ""): Promise<T> {
  const text = await take(target, "contract-seen", (seen) => seen.includes(`"by":"${by}"`) && seen.includes(mark));
  return JSON.parse(text) as T;
}

function decode(messageText: string): string {
  return Buffer.from(messageText, "base64").toString("utf8");
}

export function runNow(
  target: Target,
  functionName: string,
  body: object,
  key = target.keys.master,
): Promise<Response> {
  return fetch(`${target.url}/admin/functions/${functionName}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...(key && { "x-functions-key": key }) },
    body: JSON.stringify(body),
  });
}
