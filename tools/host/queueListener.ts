import { type QueueClient, type ReceivedMessageItem, RestError } from "@azure/storage-queue";
import { type Listener, sleep } from "./listener";
import { createOutageLog } from "./outageLog";

export interface QueueListenerOptions {
  /** for the log: which function a message is for */
  functionOf(text: string): string;
  queue: QueueClient;
  /** where a message goes that keeps failing; some queues have none */
  poisonQueue?: QueueClient;
  batchSize: number;
  /** a new batch is fetched when no more than this many messages are being worked on */
  newBatchThreshold: number;
  maxDequeueCount: number;
  /** how long a failed message stays hidden before its next try */
  retryDelayMs: number;
  base64: boolean;
  log(line: string): void;
  handle(text: string, message: ReceivedMessageItem): Promise<void>;
}

// The real host hides a message for ten minutes; a minute lets work go on soon after a killed start.
const hiddenSeconds = 60;
const renewalMs = 30_000;
const shortestWaitMs = 50;
const longestWaitMs = 400;
const faultWaitMs = 2_000;

/**
 * Works through a storage queue until stopped; a message that keeps failing moves to the poison queue. After
 * QueueProcessor.cs of https://github.com/Azure/azure-sdk-for-net.
 */
export function listenToQueue(options: QueueListenerOptions): Listener {
  const stopping = new AbortController();
  const active = new Set<Promise<void>>();
  const polling = poll(options, active, stopping.signal);
  return {
    stop: () => stopping.abort(),
    idle: async () => {
      await polling;
      await Promise.all(active);
    },
  };
}

async function poll(options: QueueListenerOptions, active: Set<Promise<void>>, signal: AbortSignal): Promise<void> {
  const { queue, log } = options;
  const outage = createOutageLog(`cannot read queue ${queue.name}`, log);
  const track = (task: Promise<void>) => {
    const tracked = task
      .catch((error) => log(`queue ${queue.name}: ${(error as Error).message}`))
      .finally(() => active.delete(tracked));
    active.add(tracked);
  };
  let waitMs = shortestWaitMs;
  while (!signal.aborted) {
    if (active.size > options.newBatchThreshold) {
      await Promise.race(active);
      continue;
    }
    try {
      const items = await receive(queue, options.batchSize);
      outage.worked();
      for (const item of items) track(signal.aborted ? release(queue, item, 0) : work(options, item));
      waitMs = items.length > 0 ? shortestWaitMs : Math.min(waitMs * 2, longestWaitMs);
      if (items.length === 0) await sleep(waitMs, signal);
    } catch (error) {
      if (!signal.aborted) outage.failed(error);
      await sleep(faultWaitMs, signal);
    }
  }
}

/** The next messages; none while the queue is missing. */
async function receive(queue: QueueClient, numberOfMessages: number): Promise<ReceivedMessageItem[]> {
  try {
    return (await queue.receiveMessages({ numberOfMessages, visibilityTimeout: hiddenSeconds })).receivedMessageItems;
  } catch (error) {
    if (!(error instanceof RestError) || error.code !== "QueueNotFound") throw error;
    return [];
  }
}

async function work(options: QueueListenerOptions, item: ReceivedMessageItem): Promise<void> {
  const { queue, poisonQueue, log, maxDequeueCount } = options;
  const { dequeueCount } = item;
  const text = decode(item.messageText, options.base64);
  if (text === null) return setAside(options, item, "is not base64, which messageEncoding in host.json asks for");
  // The count passes the maximum when a host died with the message in hand.
  if (dequeueCount > maxDequeueCount) return setAside(options, item, `was tried ${maxDequeueCount} times`);

  const failure = await attempt(options, item, text);
  if (!failure) {
    await queue.deleteMessage(item.messageId, item.popReceipt);
    return;
  }
  const tries = `try ${dequeueCount} of ${maxDequeueCount}`;
  log(`[${options.functionOf(text)}] failed (${tries}): ${failure.stack ?? failure.message}`);
  if (poisonQueue === undefined)
    log(`${nameOf(options, item)} stays hidden for ${hiddenSeconds} s before its next try`);
  else if (dequeueCount >= maxDequeueCount) await setAside(options, item, `was tried ${dequeueCount} times`);
  else await release(queue, item, options.retryDelayMs);
}

/** Runs the function for the message, hidden meanwhile; resolves with its error. */
async function attempt(
  { queue, log, handle }: QueueListenerOptions,
  item: ReceivedMessageItem,
  text: string,
): Promise<Error | undefined> {
  const lease = keepHidden(queue, item, log);
  try {
    await handle(text, item);
    return undefined;
  } catch (error) {
    return error as Error;
  } finally {
    await lease.end();
  }
}

/** Renews the message's visibility and keeps its pop receipt current until ended. */
function keepHidden(queue: QueueClient, item: ReceivedMessageItem, log: (line: string) => void) {
  let renewal = Promise.resolve();
  const renew = async () => {
    try {
      const { popReceipt } = await queue.updateMessage(item.messageId, item.popReceipt, undefined, hiddenSeconds);
      item.popReceipt = popReceipt!;
    } catch (error) {
      log(`message ${item.messageId} of queue ${queue.name} could not be kept hidden: ${(error as Error).message}`);
    }
  };
  const timer = setInterval(() => {
    renewal = renew();
  }, renewalMs);
  return {
    end: () => {
      clearInterval(timer);
      return renewal;
    },
  };
}

async function release(queue: QueueClient, item: ReceivedMessageItem, delayMs: number): Promise<void> {
  await queue.updateMessage(item.messageId, item.popReceipt, undefined, Math.ceil(delayMs / 1000));
}

/** Moves a message to the poison queue; where there is none, it stays in its queue and is not run again. */
async function setAside(options: QueueListenerOptions, item: ReceivedMessageItem, why: string): Promise<void> {
  const { queue, poisonQueue, log } = options;
  const what = `${nameOf(options, item)} ${why}`;
  if (poisonQueue === undefined) return log(`${what}: it is not run again, and stays in the queue until it expires`);
  await poisonQueue.createIfNotExists();
  await poisonQueue.sendMessage(item.messageText);
  await queue.deleteMessage(item.messageId, item.popReceipt);
  log(`${what}: moved to ${poisonQueue.name}`);
}

function nameOf({ queue, poisonQueue }: QueueListenerOptions, { messageId }: ReceivedMessageItem): string {
  return `message ${messageId} of queue ${queue.name}${poisonQueue ? "" : " (which has no poison queue)"}`;
}

function decode(text: string, base64: boolean): string | null {
  if (!base64) return text;
  const isBase64 = text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text);
  return isBase64 ? Buffer.from(text, "base64").toString("utf8") : null;
}
