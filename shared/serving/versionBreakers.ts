import { AppError, isAppError } from "../errors";
import type { RunGuard } from "./runGuard";

export interface BreakerOptions {
  /** monotonic clock, ms */
  nowMs?: () => number;
  /** called when a version is paused, and when it runs again */
  onPause(pause: VersionPause): void;
  onResume(version: VersionName): void;
}

export interface VersionName {
  model: string;
  version: number;
}

export interface VersionPause extends VersionName {
  seconds: number;
  stops: number;
  /** why the last run was stopped */
  reason: string;
}

const stopsAllowed = 3;
const windowMs = 5 * 60_000;
const firstPauseMs = 60_000;
const longestPauseMs = 10 * 60_000;

/**
 * One breaker per model version: after three runs within five minutes had to be stopped (time, memory, a crash), the
 * version is paused for a minute. Then one request tries it: if that is stopped too, the next pause is twice as long,
 * up to ten minutes.
 */
export class VersionBreakers {
  private readonly breakers = new Map<string, VersionBreaker>();

  constructor(private readonly options: BreakerOptions) {}

  of(name: VersionName): VersionBreaker {
    const key = `${name.model}@${name.version}`;
    const breaker = this.breakers.get(key) ?? new VersionBreaker(name, this.options);
    this.breakers.set(key, breaker);
    return breaker;
  }

  /** How many versions are paused. */
  get paused(): number {
    let count = 0;
    for (const breaker of this.breakers.values()) if (breaker.isPaused) count++;
    return count;
  }
}

class VersionBreaker implements RunGuard {
  private stops: number[] = [];
  private pauseMs = 0;
  private pausedUntilMs = Number.NEGATIVE_INFINITY;
  private isTrying = false;
  private readonly nowMs: () => number;

  constructor(
    private readonly name: VersionName,
    private readonly options: BreakerOptions,
  ) {
    this.nowMs = options.nowMs ?? (() => performance.now());
  }

  /** From the first pause until a later run has ended well. */
  get isPaused(): boolean {
    return this.pauseMs > 0;
  }

  /** Whether a run of it ever had to be stopped. */
  get hasStopped(): boolean {
    return this.stops.length > 0;
  }

  admit(): void {
    if (!this.isPaused) return;
    const leftMs = this.pausedUntilMs - this.nowMs();
    if (leftMs <= 0 && !this.isTrying) {
      this.isTrying = true;
      return;
    }
    const { model, version } = this.name;
    throw new AppError(
      "not_ready",
      `version ${version} of ${model} is paused because its runs had to be stopped ${this.stops.length} times; request another version by its number`,
      { retryAfterSeconds: Math.max(1, leftMs / 1000) },
    );
  }

  ended(error?: unknown): void {
    if (isAppError(error, "timeout", "crashed")) this.stopped(error.message);
    else if (this.isTrying) this.resume();
  }

  private stopped(reason: string): void {
    const now = this.nowMs();
    this.stops = [...this.stops.filter((at) => now - at < windowMs || this.isPaused), now];
    if (this.isTrying || (!this.isPaused && this.stops.length >= stopsAllowed)) this.pause(now, reason);
  }

  private pause(now: number, reason: string): void {
    this.isTrying = false;
    this.pauseMs = Math.min(longestPauseMs, this.isPaused ? 2 * this.pauseMs : firstPauseMs);
    this.pausedUntilMs = now + this.pauseMs;
    this.options.onPause({ ...this.name, seconds: this.pauseMs / 1000, stops: this.stops.length, reason });
  }

  private resume(): void {
    this.isTrying = false;
    this.pauseMs = 0;
    this.options.onResume(this.name);
  }
}
