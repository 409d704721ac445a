import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { QueueServiceClient } from "@azure/storage-queue";
import { expect, it } from "vitest";

const starter = `require("./dist/tools/start/storageEmulator").startStorageEmulator(process.argv[1])
  .then((emulator) => console.log(emulator.connectionString));
  process.stdin.resume();`;

/** A process that has started the emulator, as npm start does. */
async function start(folder: string): Promise<{ child: ChildProcess; connectionString: string }> {
  const child = spawn(process.execPath, ["-e", starter, folder], { stdio: ["pipe", "pipe", "inherit"] });
  const [line] = await once(child.stdout as NodeJS.ReadableStream, "data");
  return { child, connectionString: String(line).trim() };
}

it("saves its queues when the process that started it is killed", async () => {
  const folder = mkdtempSync(path.join(tmpdir(), "tidegate-emulator-"));
  const first = await start(folder);
  const queue = QueueServiceClient.fromConnectionString(first.connectionString).getQueueClient("work");
  await queue.create();
  await queue.sendMessage("not done yet");
  first.child.kill("SIGKILL");
  const state = () =>
    fetch(queue.url).then(
      () => "up",
      () => "down",
    );
  await expect.poll(state, { timeout: 20_000 }).toBe("down");
  const second = await start(folder);
  try {
    const again = QueueServiceClient.fromConnectionString(second.connectionString).getQueueClient("work");
    expect((await again.peekMessages()).peekedMessageItems.map(({ messageText }) => messageText)).toEqual([
      "not done yet",
    ]);
  } finally {
    second.child.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 200 });
  }
});
