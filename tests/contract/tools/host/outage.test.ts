import { BlobServiceClient } from "@azure/storage-blob";
import { QueueServiceClient } from "@azure/storage-queue";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Host, startHost } from "../../../../tools/host/host";
import { type Azurite, startAzurite } from "../../../support/azurite";
import { Gate } from "../../../support/gate";
import { eventually, isExternal } from "./target";
import { makeTemporaryApp, type TemporaryApp } from "./temporaryApp";

const code = `const { app } = require("@azure/functions");
const connection = "AzureWebJobsStorage";
const log = (name) => (_input, context) => context.log(name + " ran");
app.timer("ticks", { schedule: "* * * * * *", useMonitor: true, handler: log("timer") });
app.storageQueue("reads", { queueName: "outage", connection, handler: log("queue") });
app.storageBlob("scans", { path: "outage/{name}", connection, handler: log("blob") });`;

describe.skipIf(isExternal)("while storage is unavailable", () => {
  let azurite: Azurite;
  let gates: Gate[];
  let app: TemporaryApp;
  let host: Host;
  const lines: string[] = [];

  beforeAll(async () => {
    azurite = await startAzurite();
    gates = await Promise.all([azurite.blobPort, azurite.queuePort].map((port) => Gate.to(port)));
    app = makeTemporaryApp();
    app.write(code);
    const storage = azurite.connectionString
      .replace(`:${azurite.blobPort}/`, `:${gates[0].port}/`)
      .replace(`:${azurite.queuePort}/`, `:${gates[1].port}/`);
    const settings = { AzureWebJobsStorage: storage };
    host = await startHost({ appDir: app.dir, port: 0, settings, hostId: "outage", log: (line) => lines.push(line) });
  });
  afterAll(async () => {
    await host?.stop();
    await Promise.all(gates?.map((gate) => gate.shut()) ?? []);
    await azurite?.stop();
    app?.remove();
  });

  const count = (text: string) => lines.filter((line) => line.includes(text)).length;
  const until = (what: string, holds: () => boolean) => eventually(what, async () => (holds() ? true : undefined));

  test("timers go on, each listener says so once, and all recover by themselves", async () => {
    const faults = ["cannot save when it ran: ", "cannot read queue outage: ", "cannot scan container outage: "];
    await until("a tick", () => count("timer ran") > 0);
    for (const gate of gates) await gate.shut();
    await until("every listener's word", () => faults.every((fault) => count(fault) > 0));
    const before = count("timer ran");
    await until("ticks meanwhile", () => count("timer ran") > before + 3);
    for (const fault of faults) expect(count(fault), fault).toBe(1);

    const returned = Date.now();
    for (const gate of gates) await gate.open();
    await until("their return", () => faults.every((fault) => count(`${fault}it works again`) === 1));
    const container = BlobServiceClient.fromConnectionString(azurite.connectionString).getContainerClient("outage");
    await container.createIfNotExists();
    await container.getBlockBlobClient("a").upload("x", 1);
    const queue = QueueServiceClient.fromConnectionString(azurite.connectionString).getQueueClient("outage");
    await queue.createIfNotExists();
    await queue.sendMessage(Buffer.from("x").toString("base64"));
    const ticks = count("timer ran");
    await until("all three", () => count("blob ran") > 0 && count("queue ran") > 0 && count("timer ran") > ticks);
    const status = BlobServiceClient.fromConnectionString(azurite.connectionString)
      .getContainerClient("azure-webjobs-hosts")
      .getBlobClient(`timers/outage/Host.Functions.ticks/status`);
    await eventually("a status that knows of later ticks", async () => {
      const { Last } = JSON.parse((await status.downloadToBuffer()).toString()) as { Last: string };
      return Date.parse(Last) > returned ? true : undefined;
    });
  });
});
