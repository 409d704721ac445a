import type { ChildProcess } from "node:child_process";
import { beatMs, type OldestInvocation } from "./protocol";

// A parent that was itself held up this long (a suspended machine) cannot judge the child's age.
const stallMs = 2_000;

/** Kills the child when its oldest invocation, or its silence, outlasts the function timeout. */
export class WorkerHeart {
  /** why it killed the child */
  killReason: string | undefined;
  private lastBeat: { atMs: number; oldest: OldestInvocation | null } = { atMs: 0, oldest: null };
  private checkedAtMs = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly child: ChildProcess,
    private readonly functionTimeoutMs: number,
    private readonly log: (line: string) => void,
  ) {}

  start(): void {
    this.beat(null);
    this.checkedAtMs = performance.now();
    if (Number.isFinite(this.functionTimeoutMs)) this.timer = setInterval(() => this.check(), beatMs);
  }

  beat(oldest: OldestInvocation | null): void {
    this.lastBeat = { atMs: performance.now(), oldest };
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private check(): void {
    const nowMs = performance.now();
    const wasStalled = nowMs - this.checkedAtMs > stallMs;
    this.checkedAtMs = nowMs;
    const { oldest, atMs } = this.lastBeat;
    const ageMs = (oldest?.ageMs ?? 0) + nowMs - atMs;
    if (wasStalled || ageMs <= this.functionTimeoutMs) return;
    this.stop();
    const what = oldest ? `[${oldest.functionName}] ran` : "the worker did not answer";
    this.killReason = `${what} for more than ${this.functionTimeoutMs / 1000} s, the function timeout`;
    this.log(`${this.killReason}: killing the worker`);
    this.child.kill("SIGKILL");
  }
}
