import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { BlobServiceClient } from "@azure/storage-blob";
import { QueueServiceClient } from "@azure/storage-queue";
import { afterEach, beforeEach, expect, it } from "vitest";

const starter = `require("./dist/tools/start/storageEmulator").startStorageEmulator(process.argv[1])
  .then((emulator) => console.log(emulator.connectionString));
  process.stdin.resume();`;

/** A process that has started the emulator, as npm start does. */
async function start(folder: string): Promise<{ child: ChildProcess; connectionString: string }> {
  const child = spawn(process.execPath, ["-e", starter, folder], { stdio: ["pipe", "pipe", "inherit"] });
  return { child, connectionString: await firstLine(child) };
}

async function firstLine(child: ChildProcess): Promise<string> {
  const [line] = await Promise.race([
    once(child.stdout as NodeJS.ReadableStream, "data"),
    once(child, "exit").then(([code]) => Promise.reject(new Error(`the starter ended with code ${code}`))),
  ]);
  return String(line).trim();
}

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "tidegate-emulator-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 200 }));

it("saves its queues before the next one opens its folder, even if its parent was killed", async () => {
  const first = await start(folder);
  const queue = QueueServiceClient.fromConnectionString(first.connectionString).getQueueClient("work");
  await queue.create();
  await queue.sendMessage("not done yet");
  first.child.kill("SIGKILL");
  const second = await start(folder);
  try {
    const again = QueueServiceClient.fromConnectionString(second.connectionString).getQueueClient("work");
    expect((await again.peekMessages()).peekedMessageItems.map(({ messageText }) => messageText)).toEqual([
      "not done yet",
    ]);
  } finally {
    second.child.kill("SIGKILL");
  }
});

it("takes other ports if a port that was free at the check is taken by the time it starts", async () => {
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, "127.0.0.1", resolve));
  const { port } = taken.address() as AddressInfo;
  // checking a port and taking it are two steps: the first three checks, one per service, find the taken port free
  const late = `const free = require("./dist/tools/start/freePort");
    const { pickPort } = free;
    let looks = 0;
    free.pickPort = () => (looks++ < 3 ? Promise.resolve(${port}) : pickPort(0));
    ${starter}`;
  const child = spawn(process.execPath, ["-e", late, folder], { stdio: ["pipe", "pipe", "inherit"] });
  try {
    const connectionString = await firstLine(child);
    expect(connectionString).toContain("BlobEndpoint=http://127.0.0.1:");
    expect(connectionString).not.toContain(`127.0.0.1:${port}/`);
  } finally {
    child.kill("SIGKILL");
    taken.close();
  }
});

it("keeps its data readable by its owner only", async () => {
  mkdirSync(path.join(folder, "azurite"), { mode: 0o755 }); // as earlier versions left it
  const { child, connectionString } = await start(path.join(folder, "azurite"));
  try {
    const container = BlobServiceClient.fromConnectionString(connectionString).getContainerClient("rows");
    await container.create();
    await container.getBlockBlobClient("a.csv").upload("a,b", 3);
    const all = readdirSync(folder, { recursive: true, encoding: "utf8" }).map((name) => path.join(folder, name));
    expect(all.length).toBeGreaterThan(3);
    for (const file of all) expect(statSync(file).mode & 0o077, file).toBe(0);
  } finally {
    child.kill("SIGKILL");
  }
});
