import { AppError, isAppError, messageOf } from "../errors";

export interface FollowOptions {
  /** reads where the alias points and makes that version ready to answer */
  read(model: string, alias: string): Promise<number>;
  /** how long an alias may be used without being read again, ms (default 5,000); then a request waits for the read */
  maxAgeMs?: number;
  /** how long a request waits for a read, ms (default 2,000) */
  waitMs?: number;
  /** monotonic clock, ms */
  nowMs?: () => number;
  /** from 0 to 1: spreads the reads of many instances */
  random?: () => number;
  /** called for each read that failed or took too long */
  onFailure?: (failure: FollowFailure) => void;
}

export interface FollowFailure {
  model: string;
  alias: string;
  /** the version that keeps answering; absent if requests get the failure itself */
  serving?: number;
  reason: string;
}

/** What is known about an alias. */
export interface Followed {
  model: string;
  version: number;
  /** when the read that returned this version began */
  readAtMs: number;
}

interface Pointer extends Followed {
  alias: string;
  /** from then on it is read again, while it still answers */
  refreshAtMs: number;
  read?: { done: Promise<void>; startedAtMs: number };
  failedAtMs?: number;
  /** the version that the alias names cannot be served at all: every request gets this error */
  refusal?: AppError;
}

/** a read that hangs is abandoned for a new one */
const givenUpMs = 10_000;
/** after a failed read */
const retryMs = 1_000;

/**
 * Follows aliases: reads them ahead of time while requests come, so that no answer is based on an alias older than the
 * limit as long as storage responds in time. During a storage outage the last known version keeps answering, and only
 * the first requests wait in vain.
 */
export class AliasFollower {
  private readonly pointers = new Map<string, Pointer>();
  private readonly movedAtMs = new Map<string, number>();
  private readonly maxAgeMs: number;
  private readonly waitMs: number;
  private readonly nowMs: () => number;
  private readonly random: () => number;

  constructor(private readonly options: FollowOptions) {
    this.maxAgeMs = options.maxAgeMs ?? 5_000;
    this.waitMs = options.waitMs ?? 2_000;
    this.nowMs = options.nowMs ?? (() => performance.now());
    this.random = options.random ?? Math.random;
  }

  /** The version that the alias stands for, if known well enough; undefined if the alias must be read first. */
  current(model: string, alias: string): Followed | undefined {
    const pointer = this.pointers.get(`${model}@${alias}`);
    if (pointer === undefined) return undefined;
    const nowMs = this.nowMs();
    if (nowMs >= pointer.refreshAtMs) this.refresh(pointer, nowMs);
    return this.answers(pointer, nowMs) ? pointer : undefined;
  }

  /**
   * The version that the alias stands for, after a read if one is due; fails as the read does if no version is known.
   */
  async settled(model: string, alias: string): Promise<Followed> {
    const key = `${model}@${alias}`;
    const pointer = this.pointers.get(key);
    if (pointer === undefined) return this.readFirst(model, alias);
    await this.wait(pointer);
    if (this.pointers.get(key) !== pointer) return this.readFirst(model, alias); // the alias no longer exists
    if (pointer.refusal) throw pointer.refusal;
    return pointer;
  }

  /** The age of what is known, ms, if it is above the limit or from before a move. */
  ageBeyondLimit(followed: Followed): number | undefined {
    const ageMs = this.nowMs() - followed.readAtMs;
    return ageMs < this.maxAgeMs && !this.isBeforeMove(followed) ? undefined : ageMs;
  }

  /**
   * Reads the model's aliases again after one of them was moved in this process, so that later requests see the move.
   */
  async moved(model: string): Promise<void> {
    this.movedAtMs.set(model, this.nowMs());
    const known = [...this.pointers.values()].filter((pointer) => pointer.model === model);
    for (const pointer of known) {
      pointer.refreshAtMs = Number.NEGATIVE_INFINITY;
      pointer.failedAtMs = undefined;
      pointer.read = undefined; // it may have read the old value
    }
    await Promise.all(known.map((pointer) => this.wait(pointer)));
  }

  private async readFirst(model: string, alias: string): Promise<Followed> {
    const startedAtMs = this.nowMs();
    const version = await this.options.read(model, alias);
    const pointer = { model, alias, version, readAtMs: startedAtMs, refreshAtMs: this.dueAfter(startedAtMs) };
    this.pointers.set(`${model}@${alias}`, pointer);
    if (this.answers(pointer, this.nowMs())) return pointer;
    return this.settled(model, alias); // it was moved, or took long: read once more
  }

  private answers(pointer: Pointer, nowMs: number): boolean {
    if (pointer.refusal !== undefined) return false;
    if (nowMs - pointer.readAtMs < this.maxAgeMs && !this.isBeforeMove(pointer)) return true;
    return this.isKnownAway(pointer, nowMs);
  }

  private isBeforeMove({ model, readAtMs }: Followed): boolean {
    return this.movedAtMs.size > 0 && readAtMs < (this.movedAtMs.get(model) ?? readAtMs);
  }

  /** Whether the last reads failed, so that waiting for another one would only cost time. */
  private isKnownAway({ failedAtMs }: Pointer, nowMs: number): boolean {
    return failedAtMs !== undefined && nowMs - failedAtMs < retryMs + this.waitMs + this.maxAgeMs;
  }

  private dueAfter(readAtMs: number): number {
    const jitter = 0.75 + 0.5 * this.random();
    return readAtMs + 0.3 * this.maxAgeMs * jitter;
  }

  /** Waits until the pointer can answer, for `waitMs` at most. */
  private async wait(pointer: Pointer): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<"late">((resolve) => {
      timer = setTimeout(resolve, this.waitMs, "late");
    });
    try {
      for (;;) {
        const nowMs = this.nowMs();
        if (this.answers(pointer, nowMs)) return;
        if (pointer.refusal && this.isKnownAway(pointer, nowMs)) return;
        const read = this.refresh(pointer, nowMs);
        if ((await Promise.race([read, late])) === "late") return this.failUnlessKnown(pointer);
        if (!this.pointers.has(`${pointer.model}@${pointer.alias}`)) return;
      }
    } finally {
      clearTimeout(timer);
    }
  }

  /** The read in progress, or a new one; it never rejects. */
  private refresh(pointer: Pointer, nowMs: number): Promise<void> {
    const { read } = pointer;
    if (read && nowMs - read.startedAtMs < givenUpMs) return read.done;
    const done = this.readAgain(pointer, nowMs).finally(() => {
      if (pointer.read === fresh) pointer.read = undefined;
    });
    const fresh = { done, startedAtMs: nowMs };
    pointer.read = fresh;
    return done;
  }

  private async readAgain(pointer: Pointer, startedAtMs: number): Promise<void> {
    try {
      const version = await this.options.read(pointer.model, pointer.alias);
      if (startedAtMs < pointer.readAtMs) return; // a later read was quicker
      Object.assign(pointer, { version, readAtMs: startedAtMs, refreshAtMs: this.dueAfter(startedAtMs) });
      pointer.failedAtMs = undefined;
      pointer.refusal = undefined;
    } catch (error) {
      // removed on purpose: the next request gets the reason
      if (isAppError(error, "not_found")) this.pointers.delete(`${pointer.model}@${pointer.alias}`);
      else if (isAppError(error) && !error.retryable) pointer.refusal = refusalOf(pointer, error);
      this.fail(pointer, messageOf(error), isAppError(error, "paused"));
    }
  }

  /** One of the requests that waited in vain reports it. */
  private failUnlessKnown(pointer: Pointer): void {
    if (!this.isKnownAway(pointer, this.nowMs())) this.fail(pointer, `no answer within ${this.waitMs} ms`);
  }

  /** What is paused on purpose is refused like what fails, but it is nobody's failure to report. */
  private fail(pointer: Pointer, reason: string, onPurpose = false): void {
    const { model, alias, version, refusal } = pointer;
    pointer.failedAtMs = this.nowMs();
    pointer.refreshAtMs = pointer.failedAtMs + retryMs;
    if (onPurpose) return;
    const serves = refusal === undefined && this.pointers.has(`${model}@${alias}`);
    this.options.onFailure?.({ model, alias, reason, ...(serves && { serving: version }) });
  }
}

function refusalOf({ model, alias }: Pointer, cause: AppError): AppError {
  if (cause.code === "paused") return cause;
  const message = `the version that ${alias} of ${model} points to cannot be served: ${cause.message}`;
  return new AppError("not_ready", message, { cause });
}
