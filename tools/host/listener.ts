import type { InvokeMessage } from "./protocol";

/** Something that watches storage or the clock and calls functions. */
export interface Listener {
  /** Takes on nothing new; what runs goes on. */
  stop(): void;
  /** Settles when nothing runs any more. */
  idle(): Promise<void>;
}

/** What a listener needs from the host. */
export interface ListenerContext {
  hostId: string;
  /** the connection string of the host's own storage account */
  storage: string;
  log(line: string): void;
  /** Runs a function in the worker; rejects with its error, or with WorkerLost. */
  invoke(message: Omit<InvokeMessage, "type" | "id">): Promise<void>;
}

/**
 * For the clients of listeners, which try again by themselves: the SDK's usual retries would hold one up for most of a
 * minute.
 */
export const fewRetries = { retryOptions: { maxTries: 3, retryDelayInMs: 200, maxRetryDelayInMs: 1_000 } };

/** Waits, or returns early when the signal is aborted. */
export function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", done);
  });
}
