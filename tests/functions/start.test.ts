import { BlobServiceClient } from "@azure/storage-blob";
import { QueueServiceClient } from "@azure/storage-queue";
import { afterAll, beforeAll, expect, it } from "vitest";
import { LoadedFunctions } from "./loadedFunctions";

let functions: LoadedFunctions;
beforeAll(async () => {
  process.env.TIDEGATE_BLOB_SOURCE = "EventGrid";
  functions = await LoadedFunctions.start();
});
afterAll(async () => {
  delete process.env.TIDEGATE_BLOB_SOURCE;
  await functions?.stop();
});

it("creates what its triggers wait for before they are known, since no host does", async () => {
  const blobs = BlobServiceClient.fromConnectionString(functions.connectionString);
  const queues = QueueServiceClient.fromConnectionString(functions.connectionString);
  const waited = [...functions.triggers.values()];
  const containers = waited.flatMap(({ path }) => (path === undefined ? [] : [String(path).split("/")[0]]));
  const queueNames = waited.flatMap(({ queueName }) => (queueName === undefined ? [] : [String(queueName)]));
  expect([containers.length, queueNames.length]).toEqual([3, 9]);
  for (const name of containers) expect(await blobs.getContainerClient(name).exists(), name).toBe(true);
  for (const name of queueNames) expect(await queues.getQueueClient(name).exists(), name).toBe(true);
});

it("is notified of dropped files by events if its settings say so", () => {
  const sources = ["registerDataset", "registerModel"].map((name) => functions.triggers.get(name)?.source);
  expect(sources).toEqual(["EventGrid", "EventGrid"]);
});
