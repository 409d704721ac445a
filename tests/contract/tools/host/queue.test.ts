import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { listenToQueue } from "../../../../tools/host/queueListener";
import { eventually, isExternal, openTarget, runNow, send, type Target, take, takeSeen } from "./target";

let target: Target;
beforeAll(async () => {
  target = await openTarget();
});
afterAll(() => target?.stop());

interface Seen {
  message: unknown;
  metadata: Record<string, unknown>;
}

// https://learn.microsoft.com/azure/azure-functions/functions-bindings-storage-queue-trigger#message-metadata
test("a message reaches its function with metadata and its JSON properties; %SETTING% names the queue", async () => {
  const mark = randomUUID();
  await send(target, "contract-messages", JSON.stringify({ mark, Size: 3, nested: { a: 1 } }));
  const { message, metadata } = await takeSeen<Seen>(target, "takesMessage", mark);
  expect(message).toEqual({ mark, Size: 3, nested: { a: 1 } });
  expect(metadata).toMatchObject({ dequeueCount: 1, mark, size: 3, nested: { a: 1 }, id: expect.any(String) });
  expect(metadata).toMatchObject({ popReceipt: expect.any(String), queueTrigger: { mark } });
  for (const name of ["expirationTime", "insertionTime", "nextVisibleTime"]) {
    expect(Date.parse(metadata[name] as string), name).not.toBeNaN();
  }
});

// QueueTriggerBinding.cs of https://github.com/Azure/azure-sdk-for-net, and ApplyBindingData of
// https://github.com/Azure/azure-functions-host: the message's own properties come last, arrays not at all.
test("a message's own property wins over what storage says, and its values arrive as .NET writes them", async () => {
  const mark = randomUUID();
  const own = { mark, id: "mine", isOpen: true, at: "2026-03-01T10:00:00Z", list: [1] };
  await send(target, "contract-messages", JSON.stringify(own));
  const { metadata } = await takeSeen<Seen>(target, "takesMessage", mark);
  expect(metadata).toMatchObject({ id: "mine", isOpen: "True", at: "03/01/2026 10:00:00" });
  expect(metadata).not.toHaveProperty("list");
  expect(metadata).not.toHaveProperty("sys");
  expect(metadata.insertionTime).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00$/);
});

// fromRpcTypedData of https://github.com/Azure/azure-functions-nodejs-library parses every string that is JSON
test("text arrives as text, and text that is a number arrives as a number", async () => {
  const mark = randomUUID();
  await send(target, "contract-messages", mark);
  expect((await takeSeen<Seen>(target, "takesMessage", mark)).message).toBe(mark);
  const number = 100_000 + process.pid;
  await send(target, "contract-messages", String(number));
  expect((await takeSeen<Seen>(target, "takesMessage", String(number))).message).toBe(number);
});

// https://learn.microsoft.com/azure/azure-functions/functions-bindings-storage-queue#host-json (visibilityTimeout 0)
test("a failed message comes again with a higher dequeue count", async () => {
  const mark = randomUUID();
  await send(target, "contract-fails-once", mark);
  const seen = await takeSeen<{ dequeueCount: number }>(target, "failsOnce", mark);
  expect(seen.dequeueCount).toBe(2);
});

// https://learn.microsoft.com/azure/azure-functions/functions-bindings-storage-queue-trigger#poison-messages
test("a message that keeps failing moves to the poison queue after maxDequeueCount tries", async () => {
  const mark = randomUUID();
  await send(target, "contract-fails", mark);
  expect(await take(target, "contract-fails-poison", (text) => text === mark)).toBe(mark);
  const left = await target.queues.getQueueClient("contract-fails").getProperties();
  expect(left.approximateMessagesCount).toBe(0);
});

// QueueListenerFactory.cs and QueueProcessor.cs of https://github.com/Azure/azure-sdk-for-net
describe.skipIf(isExternal)("a queue whose name ends in -poison", () => {
  test("has no poison queue: a failed message stays hidden in it", async () => {
    const queue = target.queues.getQueueClient("contract-ends-poison");
    await send(target, queue.name, randomUUID());
    await eventually("the line about it", async () =>
      target.lines.find((line) => line.includes(`of queue ${queue.name} (which has no poison queue) stays hidden`)),
    );
    expect((await queue.getProperties()).approximateMessagesCount).toBe(1);
    expect(await target.queues.getQueueClient(`${queue.name}-poison`).exists()).toBe(false);
  });

  test("keeps a message that was tried too often, without running it again", async () => {
    const queue = target.queues.getQueueClient("contract-tried-poison");
    await queue.create();
    const { messageId } = await queue.sendMessage(Buffer.from("tried").toString("base64"));
    for (let tries = 0; tries < 2; tries++) {
      const [{ popReceipt }] = (await queue.receiveMessages()).receivedMessageItems;
      await queue.updateMessage(messageId, popReceipt, undefined, 0);
    }
    const lines: string[] = [];
    const handled: string[] = [];
    const listener = listenToQueue({
      functionOf: () => "tried",
      queue,
      batchSize: 1,
      newBatchThreshold: 0,
      maxDequeueCount: 2,
      retryDelayMs: 0,
      base64: true,
      log: (line) => lines.push(line),
      handle: async (text) => void handled.push(text),
    });
    await eventually("the line about it", async () => lines.find((line) => line.includes("it is not run again")));
    listener.stop();
    await listener.idle();
    expect(handled).toEqual([]);
    expect((await queue.getProperties()).approximateMessagesCount).toBe(1);
  });
});

test.skipIf(isExternal)("a message that is not base64 moves to the poison queue with a reason in the log", async () => {
  const queue = target.queues.getQueueClient("contract-messages");
  await queue.sendMessage("plain text!");
  const poison = target.queues.getQueueClient("contract-messages-poison");
  await eventually("the poison message", async () => {
    if (!(await poison.exists())) return undefined;
    const { peekedMessageItems } = await poison.peekMessages();
    return peekedMessageItems.find(({ messageText }) => messageText === "plain text!");
  });
  await eventually("the reason", async () =>
    target.lines.find((line) => /is not base64.*: moved to contract-messages-poison$/.test(line)),
  );
});

// https://learn.microsoft.com/azure/azure-functions/functions-manually-run-non-http
test("the admin endpoint runs a queue function with the given text", async () => {
  const mark = randomUUID();
  expect((await runNow(target, "takesMessage", { input: mark })).status).toBe(202);
  expect((await takeSeen<Seen>(target, "takesMessage", mark)).message).toBe(mark);
});
