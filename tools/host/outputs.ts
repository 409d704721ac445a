import { randomUUID } from "node:crypto";
import type { InvocationResponse } from "./coreModule";
import type { OutputPlan, RpcData } from "./protocol";

type Values = Record<string, string | undefined>;

/**
 * Writes what the function put into its queue and blob outputs. `values` fill `{name}` in blob paths; rejects when
 * storage does or when a path asks for a value that the trigger does not provide.
 */
export async function writeOutputs(plans: OutputPlan[], response: InvocationResponse, values: Values): Promise<void> {
  for (const plan of plans) {
    const data =
      plan.name === "$return"
        ? response.returnValue
        : response.outputData?.find(({ name }) => name === plan.name)?.data;
    if (data === undefined || data === null) continue;
    if (plan.kind === "queue") await sendMessages(plan, data);
    else await writeBlob(plan, data, values);
  }
}

async function sendMessages(plan: Extract<OutputPlan, { kind: "queue" }>, data: RpcData): Promise<void> {
  // Loaded on first use: most workers never write an output.
  const { QueueClient } = await import("@azure/storage-queue");
  const queue = new QueueClient(plan.connectionString, plan.queueName);
  await queue.createIfNotExists();
  for (const bytes of toMessages(data)) {
    await queue.sendMessage(plan.base64 ? bytes.toString("base64") : bytes.toString("utf8"));
  }
}

// An array becomes one message per element, as on the real host.
function toMessages(data: RpcData): Buffer[] {
  if (data.json?.startsWith("[")) {
    const items = JSON.parse(data.json) as unknown[];
    return items.map((item) => Buffer.from(typeof item === "string" ? item : JSON.stringify(item)));
  }
  return [toBytes(data)];
}

async function writeBlob(plan: Extract<OutputPlan, { kind: "blob" }>, data: RpcData, values: Values): Promise<void> {
  const { BlobServiceClient } = await import("@azure/storage-blob");
  const path = fillPath(plan.path, values);
  const slash = path.indexOf("/");
  const container = BlobServiceClient.fromConnectionString(plan.connectionString).getContainerClient(
    path.slice(0, slash),
  );
  await container.createIfNotExists();
  await container.getBlockBlobClient(path.slice(slash + 1)).uploadData(toBytes(data));
}

function toBytes(data: RpcData): Buffer {
  if (data.bytes !== undefined) return Buffer.from(data.bytes);
  return Buffer.from(data.string ?? data.json ?? String(data.int ?? data.double ?? ""));
}

// https://learn.microsoft.com/azure/azure-functions/functions-bindings-expressions-patterns
function fillPath(path: string, values: Values): string {
  return path.replaceAll(/\{([^{}]+)\}/g, (whole, name: string) => {
    if (name.toLowerCase() === "rand-guid") return randomUUID();
    if (name.toLowerCase() === "datetime") return new Date().toISOString().replace(/\.\d+Z$/, "Z");
    const key = Object.keys(values).find((candidate) => candidate.toLowerCase() === name.toLowerCase());
    const value = key === undefined ? undefined : values[key];
    if (value === undefined)
      throw new Error(`The blob output "${path}" needs ${whole}, which the trigger does not provide.`);
    return value;
  });
}
