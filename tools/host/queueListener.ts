import { type QueueClient, type ReceivedMessageItem, RestError } from "@azure/storage-queue";
import { type Listener, sleep } from "./listener";
import { createOutageLog } from "./outageLog";

export interface QueueListenerOptions {
  /** for the log: which function a message is for */
  functionOf(text: string): string;
  queue: QueueClient;
  poisonQueue: QueueClient;
  batchSize: number;
  /** a new batch is fetched when no more than this many messages are being worked on */
  newBatchThreshold: number;
  maxDequeueCount: number;
  /** how long a failed message stays hidden before its next try, in milliseconds */
  retryDelayMs: number;
  base64: boolean;
  log(line: string): void;
  handle(text: string, message: ReceivedMessageItem): Promise<void>;
}

// The real host hides a message for ten minutes; a minute lets work go on soon after a killed start.
const VISIBILITY_S = 60;
const RENEW_MS = 30_000;
const FASTEST_POLL_MS = 50;
const SLOWEST_POLL_MS = 400;
const FAULT_WAIT_MS = 2_000;

/** Works through a storage queue until stopped; a message that keeps failing moves to the poison queue. */
export function listenToQueue(options: QueueListenerOptions): Listener {
  const { queue, log } = options;
  const stopping = new AbortController();
  const active = new Set<Promise<void>>();
  const outage = createOutageLog(`cannot read queue ${queue.name}`, log);

  const poll = async () => {
    let waitMs = FASTEST_POLL_MS;
    while (!stopping.signal.aborted) {
      if (active.size > options.newBatchThreshold) {
        await Promise.race(active);
        continue;
      }
      try {
        const items = await receive(queue, options.batchSize);
        outage.worked();
        for (const item of items) track(stopping.signal.aborted ? release(options, item, 0) : work(options, item));
        waitMs = items.length > 0 ? FASTEST_POLL_MS : Math.min(waitMs * 2, SLOWEST_POLL_MS);
        if (items.length === 0) await sleep(waitMs, stopping.signal);
      } catch (error) {
        if (!stopping.signal.aborted) outage.failed(error);
        await sleep(FAULT_WAIT_MS, stopping.signal);
      }
    }
  };
  const track = (task: Promise<void>) => {
    const tracked = task
      .catch((error) => log(`queue ${queue.name}: ${(error as Error).message}`))
      .finally(() => active.delete(tracked));
    active.add(tracked);
  };
  const polling = poll();

  return {
    stop: () => stopping.abort(),
    idle: async () => {
      await polling;
      await Promise.all(active);
    },
  };
}

/** The next messages; none while the queue is missing. */
async function receive(queue: QueueClient, numberOfMessages: number): Promise<ReceivedMessageItem[]> {
  try {
    return (await queue.receiveMessages({ numberOfMessages, visibilityTimeout: VISIBILITY_S })).receivedMessageItems;
  } catch (error) {
    if (!(error instanceof RestError) || error.code !== "QueueNotFound") throw error;
    return [];
  }
}

async function work(options: QueueListenerOptions, item: ReceivedMessageItem): Promise<void> {
  const { queue, log, maxDequeueCount } = options;
  const text = decode(item.messageText, options.base64);
  if (text === null) {
    log(
      `message ${item.messageId} of queue ${queue.name} is not base64, as host.json says (messageEncoding): moved to poison`,
    );
    return moveToPoison(options, item);
  }
  // The count passes the maximum when a host died with the message in hand.
  if (item.dequeueCount > maxDequeueCount) return moveToPoison(options, item);

  const lease = keepHidden(queue, item, log);
  let failure: Error | undefined;
  try {
    await options.handle(text, item);
  } catch (error) {
    failure = error as Error;
  }
  await lease.end();
  if (!failure) {
    await queue.deleteMessage(item.messageId, item.popReceipt);
    return;
  }
  log(
    `[${options.functionOf(text)}] failed (try ${item.dequeueCount} of ${maxDequeueCount}): ${failure.stack ?? failure.message}`,
  );
  if (item.dequeueCount >= maxDequeueCount) await moveToPoison(options, item);
  else await release(options, item, options.retryDelayMs);
}

/** Renews the message's visibility and keeps its pop receipt current until ended. */
function keepHidden(queue: QueueClient, item: ReceivedMessageItem, log: (line: string) => void) {
  let renewal = Promise.resolve();
  const renew = async () => {
    try {
      const { popReceipt } = await queue.updateMessage(item.messageId, item.popReceipt, undefined, VISIBILITY_S);
      item.popReceipt = popReceipt!;
    } catch (error) {
      log(`message ${item.messageId} of queue ${queue.name} could not be kept: ${(error as Error).message}`);
    }
  };
  const timer = setInterval(() => {
    renewal = renew();
  }, RENEW_MS);
  return {
    end: () => {
      clearInterval(timer);
      return renewal;
    },
  };
}

async function release({ queue }: QueueListenerOptions, item: ReceivedMessageItem, delayMs: number): Promise<void> {
  await queue.updateMessage(item.messageId, item.popReceipt, undefined, Math.ceil(delayMs / 1000));
}

async function moveToPoison(options: QueueListenerOptions, item: ReceivedMessageItem): Promise<void> {
  const { queue, poisonQueue, log } = options;
  await poisonQueue.createIfNotExists();
  await poisonQueue.sendMessage(item.messageText);
  await queue.deleteMessage(item.messageId, item.popReceipt);
  log(`message ${item.messageId} of queue ${queue.name} moved to ${poisonQueue.name} after ${item.dequeueCount} tries`);
}

function decode(text: string, base64: boolean): string | null {
  if (!base64) return text;
  const isBase64 = text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text);
  return isBase64 ? Buffer.from(text, "base64").toString("utf8") : null;
}
