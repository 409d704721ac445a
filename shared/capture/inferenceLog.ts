import { AppError, isAppError, messageOf } from "../errors";
import { entityName } from "../names";
import type { BlobStore, Clock } from "../ports";
import { hourMs, hourPath, startOfHour } from "../time";
import { withTimeLimit } from "../timeLimit";
import { type CaptureEntry, captureLine } from "./captureLine";
import { type Block, CaptureStream, contentOf } from "./captureStream";
import { trafficContainer, trafficEntry } from "./trafficIndex";

export interface InferenceLogOptions {
  blobs: Pick<BlobStore, "append" | "create">;
  clock: Clock;
  /** names this process's blobs, so that no two processes append to the same one */
  instance: string;
  reports: CaptureReports;
  /** a prediction is returned only after its line is written */
  durable?: boolean;
  flushBytes?: number;
  flushSeconds?: number;
  /** how much may wait during an outage, including the append in progress; beyond it the oldest lines are dropped */
  maxPendingBytes?: number;
  /** a longer line is kept without the request body */
  maxLineBytes?: number;
  /** an append that takes longer counts as failed */
  writeLimitMs?: number;
  /** how long a reply waits for its line in durable mode */
  replyWaitMs?: number;
}

/** Told about the fate of records. */
export interface CaptureReports {
  /** `count` records could not be kept */
  lost(count: number, reason: string): void;
  /** an append failed; its records are kept and retried */
  failed(reason: string): void;
  /** an append succeeded */
  written(): void;
}

/** The state of the log: what is waiting, and what was lost since the process started. */
export interface CaptureState {
  mode: "buffered" | "durable";
  waitingBytes: number;
  lostRecords: number;
  /** the last append failed */
  isFailing: boolean;
}

export const captureContainer = "inference";

/**
 * The inference log: one CloudEvents 1.0 line per request, in append blobs
 * `{model}/v{version}/{yyyy}/{MM}/{dd}/{HH}/{instance}.jsonl` (UTC). Lines are buffered and written by size and time
 * or, in durable mode, before the reply, with those that wait for the same append written together. The buffer is
 * bounded; lines beyond the bound are lost, counted and reported. Lines are numbered, so that a reader sees gaps.
 */
export class InferenceLog {
  private readonly streams = new Map<string, CaptureStream>();
  /** bytes that are waiting or being written */
  private heldBytes = 0;
  private lostRecords = 0;
  private failure?: string;
  private readonly parts = new Map<string, number>();
  /** paths of this hour whose entry in the traffic index is written */
  private readonly indexed = new Set<string>();
  private readonly timer: NodeJS.Timeout;
  private hour = { until: 0, path: "" };
  private readonly limits;

  constructor(private readonly options: InferenceLogOptions) {
    this.limits = {
      flushBytes: options.flushBytes ?? 256 * 1024,
      maxPendingBytes: options.maxPendingBytes ?? 32 * 2 ** 20,
      maxLineBytes: options.maxLineBytes ?? 16 * 2 ** 20,
      writeLimitMs: options.writeLimitMs ?? 5_000,
      replyWaitMs: options.replyWaitMs ?? 2_000,
    };
    this.timer = setInterval(() => this.tick(), (options.flushSeconds ?? 1) * 1000);
    this.timer.unref();
  }

  /**
   * Takes a record. In durable mode, for a prediction, returns a promise for its line; AppError unavailable if it is
   * not written in time.
   */
  record(entry: CaptureEntry): Promise<void> | undefined {
    const time = this.options.clock.now();
    const stream = this.streamOf(entry, time);
    const model = entityName.test(entry.model) ? entry.model : "unknown";
    const stamp = { model, time, instance: this.options.instance, sequence: ++stream.sequence };
    const line = captureLine(entry, stamp, this.limits.maxLineBytes);
    const { block, bytes } = stream.add(`${folderOf(entry)}/${this.hourPath(time)}`, line);
    this.heldBytes += bytes;
    if (this.heldBytes > this.limits.maxPendingBytes) this.dropOldest(stream);
    const waits = this.options.durable === true && entry.status === 200;
    const promise = waits ? this.inTime(block) : undefined;
    const isDue = waits || stream.pendingBytes >= this.limits.flushBytes;
    if (isDue && !stream.isFlushing && !stream.isFailing) void stream.flush();
    return promise;
  }

  /** Writes what is buffered; resolves when it is written or kept for the next attempt. */
  async flush(): Promise<void> {
    await Promise.all([...this.streams.values()].map((stream) => stream.flush()));
  }

  /** Writes what is buffered and stops the timer; what cannot be written now is lost. */
  async close(): Promise<void> {
    clearInterval(this.timer);
    await this.flush();
    for (const stream of this.streams.values())
      for (let block = stream.drop(); block !== undefined; block = stream.drop()) this.lose(block);
  }

  /** What is waiting now, and what was lost. */
  state(): CaptureState {
    const { heldBytes: waitingBytes, lostRecords, failure } = this;
    const mode = this.options.durable ? "durable" : "buffered";
    return { mode, waitingBytes, lostRecords, isFailing: failure !== undefined };
  }

  private tick(): void {
    const idleSince = this.options.clock.now().getTime() - hourMs;
    for (const [name, stream] of this.streams) {
      if (stream.blocks.length > 0) void stream.flush();
      else if (stream.lastUsed < idleSince && !stream.isFlushing) this.streams.delete(name);
    }
  }

  private streamOf(entry: CaptureEntry, time: Date): CaptureStream {
    const name = folderOf(entry);
    let stream = this.streams.get(name);
    if (stream === undefined) {
      stream = new CaptureStream((one, group) => this.write(one, group));
      this.streams.set(name, stream);
    }
    stream.lastUsed = time.getTime();
    return stream;
  }

  private inTime(block: Block): Promise<void> {
    return new Promise((resolve, reject) => {
      const late = () => reject(notWritten());
      const timer = setTimeout(late, this.limits.replyWaitMs);
      const ended = <T extends unknown[]>(end: (...values: T) => void) => {
        return (...values: T) => {
          clearTimeout(timer);
          end(...values);
        };
      };
      block.waiting.push({ resolve: ended(resolve), reject: ended(reject) });
    });
  }

  private hourPath(now: Date): string {
    const time = now.getTime();
    if (time >= this.hour.until || time < this.hour.until - hourMs) {
      this.hour = { until: startOfHour(time) + hourMs, path: hourPath(now) };
      this.parts.clear();
      this.indexed.clear();
    }
    return this.hour.path;
  }

  private async write(stream: CaptureStream, group: Block[]): Promise<void> {
    const bytes = group.reduce((sum, { used }) => sum + used, 0);
    try {
      await this.append(group[0].path, Buffer.concat(group.map(contentOf), bytes));
    } catch (error) {
      this.failure = messageOf(error);
      this.options.reports.failed(this.failure);
      for (const { waiting } of group) for (const { reject } of waiting) reject(notWritten());
      throw error;
    }
    this.heldBytes -= bytes;
    this.failure = undefined;
    this.options.reports.written();
    for (const { waiting } of group) for (const { resolve } of waiting) resolve();
    const isDue = this.options.durable ? stream.blocks.length > 0 : stream.pendingBytes >= this.limits.flushBytes;
    if (isDue && !stream.isFlushing) void stream.flush();
  }

  /** Appends to the path's blob, or to the next one if that has as many blocks as a blob may have. */
  private async append(path: string, content: Uint8Array): Promise<void> {
    await this.index(path);
    try {
      await this.appendNow(path, content);
    } catch (error) {
      if (!isAppError(error, "too_large")) throw error;
      this.parts.set(path, (this.parts.get(path) ?? 1) + 1);
      await this.appendNow(path, content);
    }
  }

  /** Enters a model version and hour before their first line is written, so that no line is without an entry. */
  private async index(path: string): Promise<void> {
    if (this.indexed.has(path)) return;
    const [model, version, ...hour] = path.split("/");
    const entry = this.options.blobs.create(trafficContainer, trafficEntry(`${model}/${version}`, hour.join("/")), "");
    await withTimeLimit(entry, this.limits.writeLimitMs, () => {
      throw new AppError("unavailable", `storage did not answer within ${this.limits.writeLimitMs / 1000} s`);
    });
    this.indexed.add(path);
  }

  private appendNow(path: string, content: Uint8Array): Promise<void> {
    const part = this.parts.get(path) ?? 1;
    const name = `${path}/${this.options.instance}${part === 1 ? "" : `.${part}`}.jsonl`;
    const signal = AbortSignal.timeout(this.limits.writeLimitMs);
    return this.options.blobs.append(captureContainer, name, content, signal);
  }

  /** Makes room: drops the oldest blocks, first of the stream that is over the bound, then of any. */
  private dropOldest(own: CaptureStream): void {
    for (const stream of [own, ...this.streams.values()])
      while (this.heldBytes > this.limits.maxPendingBytes) {
        const block = stream.drop();
        if (block === undefined) break;
        this.lose(block);
      }
  }

  private lose(block: Block): void {
    this.heldBytes -= block.used;
    this.lostRecords += block.lines;
    const reason = this.failure ?? "storage takes them more slowly than they come";
    this.options.reports.lost(block.lines, reason);
    for (const { reject } of block.waiting) reject(notWritten());
  }
}

/** One folder per model version; requests that no version answered share one, whatever model they named. */
function folderOf({ model, version }: CaptureEntry): string {
  return version === 0 || !entityName.test(model) ? "unknown/v0" : `${model}/v${version}`;
}

function notWritten(): AppError {
  return new AppError("unavailable", "the prediction could not be recorded in time: send the request again");
}
