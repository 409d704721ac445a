import { BlobServiceClient } from "@azure/storage-blob";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Host, startHost } from "../../../../tools/host/host";
import { type Azurite, startAzurite } from "../../../support/azurite";
import { eventually, isExternal } from "./target";
import { makeTemporaryApp, type TemporaryApp } from "./temporaryApp";

const code = `const { app } = require("@azure/functions");
const connection = "AzureWebJobsStorage";
const tries = {};
let atWork = 0, most = 0, done = 0;
app.storageBlob("fails", { path: "settings-fails/{name}", connection, handler: (_bytes, { triggerMetadata }) => {
  const { name } = triggerMetadata;
  tries[name] = (tries[name] ?? 0) + 1;
  if (tries[name] < 3) throw new Error("on purpose");
} });
app.storageBlob("works", { path: "settings-works/{order}", connection, handler: async (_bytes, { triggerMetadata }) => {
  most = Math.max(most, ++atWork);
  await new Promise((resolve) => setTimeout(resolve, triggerMetadata.order === "first" ? 0 : 500));
  atWork--;
  done++;
} });
app.http("seen", { handler: () => ({ jsonBody: { tries, most, done } }) });`;

interface Seen {
  tries: Record<string, number>;
  most: number;
  done: number;
}

// SharedBlobQueueListenerFactory.cs of https://github.com/Azure/azure-sdk-for-net: blobs have settings of their own.
describe.skipIf(isExternal)("blob triggers beside slow queue settings", () => {
  let azurite: Azurite;
  let app: TemporaryApp;
  let host: Host;

  beforeAll(async () => {
    azurite = await startAzurite();
    app = makeTemporaryApp();
    app.write(code);
    app.writeHostJson({
      version: "2.0",
      extensions: { queues: { visibilityTimeout: "01:00:00" }, blobs: { maxDegreeOfParallelism: 2 } },
    });
    const settings = { AzureWebJobsStorage: azurite.connectionString };
    host = await startHost({ appDir: app.dir, port: 0, settings, hostId: "settings", log: () => undefined });
  });
  afterAll(async () => {
    await host?.stop();
    await azurite?.stop();
    app?.remove();
  });

  const upload = async (container: string, names: string[]) => {
    const client = BlobServiceClient.fromConnectionString(azurite.connectionString).getContainerClient(container);
    await client.createIfNotExists();
    for (const name of names) await client.getBlockBlobClient(name).upload("x", 1);
  };
  const seen = async () => (await (await fetch(`${host.url}/api/seen`)).json()) as Seen;

  test("a failed blob is tried again at once", async () => {
    await upload("settings-fails", ["a"]);
    await eventually("the third try", async () => ((await seen()).tries.a === 3 ? true : undefined));
  });

  test("no more blobs are at work than maxDegreeOfParallelism", async () => {
    await upload("settings-works", ["first", "second", "third", "fourth", "fifth"]);
    await eventually("all five", async () => ((await seen()).done === 5 ? true : undefined));
    expect((await seen()).most).toBeLessThanOrEqual(2);
  });
});
