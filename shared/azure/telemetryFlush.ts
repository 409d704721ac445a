import { withTimeLimit } from "../timeLimit";

/**
 * Runs flushes one at a time, each for at most `limitMs`, so that a receiver that is slow or gone never holds up the
 * work.
 */
export class FlushGate {
  private running: Promise<void> = Promise.resolve();
  private next?: Promise<void>;
  private late = false;

  constructor(
    private readonly send: () => Promise<void>,
    private readonly limitMs: number,
  ) {}

  /** Sends everything recorded before the call; callers that come during a flush share the one after it. */
  flush(): Promise<void> {
    this.next ??= this.running.then(() => {
      this.next = undefined;
      this.running = this.flushOnce();
      return this.running;
    });
    return this.next;
  }

  private async flushOnce(): Promise<void> {
    const outcome = await withTimeLimit(this.send().catch(String), this.limitMs, () => "late");
    // said once per outage: a busy app would repeat it with every invocation
    if (outcome !== undefined && !this.late)
      console.warn(`telemetry: not sent yet (${reasonOf(outcome, this.limitMs)})`);
    this.late = outcome !== undefined;
  }
}

function reasonOf(outcome: string, limitMs: number): string {
  return outcome === "late" ? `no answer within ${limitMs} ms; the SDK keeps trying` : outcome;
}
