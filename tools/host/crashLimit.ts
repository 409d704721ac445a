const crashesToGiveUp = 3;
const memoryMs = 30 * 60_000;

/**
 * Says when a worker has crashed too often to be replaced once more: at the third crash, each within half an hour of
 * the one before. After RpcFunctionInvocationDispatcher.cs of https://github.com/Azure/azure-functions-host.
 */
export class CrashLimit {
  private count = 0;
  private lastAtMs = Number.NEGATIVE_INFINITY;

  /** Counts a crash; true when no other worker is to be started. */
  isReachedAt(nowMs: number): boolean {
    if (nowMs - this.lastAtMs > memoryMs) this.count = 0;
    this.lastAtMs = nowMs;
    this.count++;
    return this.count >= crashesToGiveUp;
  }

  reset(): void {
    this.count = 0;
  }
}

/** The sentence about a worker that is not replaced; `reason` is what became of the last one. */
export function givenUpMessage(reason: string): string {
  return (
    `The worker crashed ${crashesToGiveUp} times, each time within ${memoryMs / 60_000} minutes of the crash before ` +
    `(the last time: ${reason}). Like the real host, this one starts no other.`
  );
}
