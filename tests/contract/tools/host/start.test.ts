import { spawn } from "node:child_process";
import { existsSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import { BlobServiceClient } from "@azure/storage-blob";
import { QueueServiceClient } from "@azure/storage-queue";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type Host, startHost } from "../../../../tools/host/host";
import { type Azurite, startAzurite } from "../../../support/azurite";
import { eventually, isExternal } from "./target";
import { makeTemporaryApp, type TemporaryApp } from "./temporaryApp";

// How the development host starts and what it refuses; nothing here applies to the real one.
describe.skipIf(isExternal)("the development host", () => {
  let azurite: Azurite;
  let app: TemporaryApp;
  let appDir: string;
  let host: Host | undefined;
  const lines: string[] = [];

  beforeAll(async () => {
    azurite = await startAzurite();
    app = makeTemporaryApp();
    appDir = app.dir;
  });
  afterEach(async () => {
    await host?.stop();
    host = undefined;
  });
  afterAll(async () => {
    await azurite?.stop();
    app?.remove();
  });

  const write = (code: string) => app.write(code);
  const start = async (more: Record<string, string> = {}, onGivenUp?: (message: string) => void) => {
    const settings = { AzureWebJobsStorage: azurite.connectionString, ...more };
    host = await startHost({ appDir, port: 0, settings, log: (line) => lines.push(line), onGivenUp });
    return host;
  };
  const answer = (code: string) =>
    `require("@azure/functions").app.http("answer", { handler: () => ({ body: ${code} }) });`;
  const ask = async () => (await fetch(`${host!.url}/api/answer`)).text();

  test("refuses an app without functions, one that throws, and one that it cannot serve, saying which", async () => {
    write("");
    await expect(start()).rejects.toThrow("registered no functions");
    write("throw new Error('broken on load')");
    await expect(start()).rejects.toThrow("The app did not load: broken on load");
    expect(lines.some((line) => line.includes("functions.js"))).toBe(true);
    write(`require("@azure/functions").app.cosmosDB("mine", { handler: () => undefined });`);
    await expect(start()).rejects.toThrow('Function "mine": has a cosmosDBTrigger');
    write(`require("@azure/functions").app.setup({ enableHttpStream: true }); ${answer("'x'")}`);
    await expect(start()).rejects.toThrow("HTTP streaming");
  });

  // https://github.com/Azure/azure-sdk-for-net, Microsoft.Azure.WebJobs.Extensions.Storage: QueueListener.cs and
  // ScanBlobScanLogHybridPollingStrategy.cs
  test("creates no queue and no container for a trigger, and waits for both", async () => {
    write(`const { app } = require("@azure/functions"), seen = [];
      const connection = "AzureWebJobsStorage";
      app.storageQueue("waits", { queueName: "later-queue", connection, handler: (x) => void seen.push(x) });
      app.storageBlob("looks", { path: "later-blobs/{name}", connection,
        handler: (x, { triggerMetadata }) => void seen.push(triggerMetadata.blobTrigger) });
      ${answer("seen.sort().join('|')")}`);
    await start();
    const container = BlobServiceClient.fromConnectionString(azurite.connectionString).getContainerClient(
      "later-blobs",
    );
    const queue = QueueServiceClient.fromConnectionString(azurite.connectionString).getQueueClient("later-queue");
    expect(await ask()).toBe("");
    expect([await container.exists(), await queue.exists()]).toEqual([false, false]);
    await container.create();
    await container.getBlockBlobClient("a.txt").upload("a", 1);
    await queue.create();
    await queue.sendMessage(Buffer.from("message").toString("base64"));
    await eventually("both", async () => ((await ask()) === "later-blobs/a.txt|message" ? true : undefined));
    expect(lines.filter((line) => line.includes("later-"))).toEqual([]);
  });

  test("says so when its port is taken", async () => {
    write(answer("'x'"));
    const { port } = await start();
    const settings = { AzureWebJobsStorage: azurite.connectionString };
    const second = startHost({ appDir, port, settings, log: () => undefined });
    await expect(second).rejects.toThrow(`Port ${port} is taken`);
  });

  test("gives the app its settings, over the environment and local.settings.json, without NODE_OPTIONS", async () => {
    write(answer("[process.env.CONTRACT_QUEUE, process.env.CONTRACT_SCHEDULE, process.env.NODE_OPTIONS].join('|')"));
    const before = process.env.NODE_OPTIONS;
    process.env.NODE_OPTIONS = "--enable-source-maps";
    try {
      await start({ CONTRACT_QUEUE: "given" });
      expect(await ask()).toBe("given|0 0 0 1 1 *|");
    } finally {
      if (before === undefined) delete process.env.NODE_OPTIONS;
      else process.env.NODE_OPTIONS = before;
    }
  });

  test("serves new code after a hot restart, also after one that failed", async () => {
    write(answer("'one'"));
    const { restart } = await start();
    expect(await ask()).toBe("one");
    write("throw new Error('half written')");
    await expect(restart()).rejects.toThrow("half written");
    write(answer("'two'"));
    await restart();
    expect(await ask()).toBe("two");
  });

  test("answers from the old worker until a hot restart has loaded the next, and lets requests finish", async () => {
    write(`${answer("'one'")}
      require("@azure/functions").app.http("slow", { handler: async () => {
        while (require("fs").existsSync("slow")) await new Promise((resolve) => setTimeout(resolve, 20));
        return { body: "done" };
      } });`);
    const gate = path.join(appDir, "gate");
    const slow = path.join(appDir, "slow");
    writeFileSync(slow, "");
    const { restart } = await start();
    const slowly = fetch(`${host!.url}/api/slow`);
    write(`const fs = require("fs");
      fs.writeFileSync("loading", "");
      while (!fs.existsSync("gate")) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
      ${answer("'two'")}`);
    const restarted = restart();
    await eventually("the load", async () => (existsSync(path.join(appDir, "loading")) ? true : undefined));
    expect(await ask()).toBe("one");
    writeFileSync(gate, "");
    // the port changes hands while the slow request goes on
    await eventually("the next", async () => ((await ask().catch(() => "")) === "two" ? true : undefined));
    rmSync(slow);
    expect(await (await slowly).text()).toBe("done");
    await restarted;
    expect(await ask()).toBe("two");
  });

  test("keeps trying when a killed worker cannot come back, and a restart with mended code gets through", async () => {
    write(answer("'one'"));
    const { killWorker, restart } = await start();
    write("throw new Error('broken meanwhile')");
    killWorker();
    const failure = "did not come back: The app did not load: broken meanwhile";
    await eventually("a second try", async () => lines.filter((line) => line.endsWith(failure))[1]);
    write(answer("'mended'"));
    await restart();
    expect(await ask()).toBe("mended");
  });

  // RpcFunctionInvocationDispatcher.cs of https://github.com/Azure/azure-functions-host
  test("starts no other worker after the third crash, says so, and a restart begins anew", async () => {
    write(answer("'here'"));
    const givenUp: string[] = [];
    const { killWorker, restart, workerPid } = await start({}, (message) => givenUp.push(message));
    for (let crash = 1; crash < 3; crash++) {
      const before = workerPid();
      killWorker();
      await eventually(`the worker after crash ${crash}`, async () => {
        const pid = workerPid();
        return pid !== 0 && pid !== before ? pid : undefined;
      });
    }
    expect(givenUp).toEqual([]);
    killWorker();
    await eventually("the end", async () => givenUp[0]);
    expect(givenUp[0]).toContain("crashed 3 times");
    expect(givenUp[0]).toContain("SIGKILL");
    expect(lines.filter((line) => line.endsWith(givenUp[0]))).toHaveLength(1);
    await expect(ask()).rejects.toThrow();
    await restart();
    expect(await ask()).toBe("here");
  });

  test("counts a worker that ends while it loads as crashed", async () => {
    write(answer("'here'"));
    const givenUp: string[] = [];
    const { killWorker } = await start({}, (message) => givenUp.push(message));
    write("process.exit(7)");
    killWorker();
    await eventually("the end", async () => givenUp[0]);
    expect(givenUp[0]).toContain("exit code 7");
    expect(lines.filter((line) => line.endsWith("did not come back: the worker ended (exit code 7)"))).toHaveLength(2);
  });

  test("leaves a function out that a setting disables", async () => {
    write(answer("'x'"));
    await start({ "AzureWebJobs.answer.Disabled": "true" });
    expect((await fetch(`${host!.url}/api/answer`)).status).toBe(404);
  });

  test("lets requests in work finish when it stops", async () => {
    write(`require("@azure/functions").app.http("answer", {
      handler: async (_request, context) => {
        context.log("work has begun");
        await new Promise((resolve) => setTimeout(resolve, 500));
        return { body: "done" };
      },
    });`);
    const { stop } = await start();
    const answered = ask();
    await eventually("the request", async () => lines.find((line) => line.endsWith("[answer] work has begun")));
    await stop();
    expect(await answered).toBe("done");
  });

  test("leaves no worker behind when it is itself killed", async () => {
    write(`${answer("String(process.pid)")}`);
    const env = { ...process.env, AzureWebJobsStorage: azurite.connectionString };
    const command = spawn(process.execPath, ["dist/tools/host/main.js", "--port", "0", "--app", appDir], { env });
    try {
      const url = await new Promise<string>((resolve, reject) => {
        command.once("exit", (code) => reject(new Error(`main.js ended with ${code}`)));
        createInterface({ input: command.stdout }).on("line", (line) => {
          const found = /^Development emulator .* at (http:\S+)/.exec(line);
          if (found) resolve(found[1]);
        });
      });
      const pid = Number(await (await fetch(`${url}/api/answer`)).text());
      command.kill("SIGKILL");
      await eventually("the worker's end", async () => {
        try {
          process.kill(pid, 0);
          return undefined;
        } catch {
          return true;
        }
      });
    } finally {
      command.kill("SIGKILL");
    }
  });
});
