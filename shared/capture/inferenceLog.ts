import { isAppError, messageOf } from "../errors";
import type { BlobStore, Clock } from "../ports";

/** One answered request, successful or not. */
export interface CaptureEntry {
  id: string;
  /** "unknown" where no model was found */
  model: string;
  version: number;
  status: number;
  latencyMs: number;
  rows: number;
  route: string;
  /** the request's body as it was sent */
  inputs: string;
  /** the predictions as columns, JSON text, where there are some */
  outputs?: string;
  error?: string;
}

export interface InferenceLogOptions {
  blobs: BlobStore;
  clock: Clock;
  /** names this process's blobs, so that two never append to one */
  instance: string;
  /** told how many records could not be kept, and why */
  onLoss: (count: number, reason: string) => void;
  flushBytes?: number;
  flushSeconds?: number;
  /** what may wait while storage is away; the oldest go first beyond it */
  maxPendingBytes?: number;
}

export const captureContainer = "inference";
const maxMalformedChars = 2048;
const knownModel = /^[a-z][a-z0-9-]{0,62}$/;
const blockBytes = 512 * 1024;
/** what one append may bring, by any version of the service */
const maxAppendBytes = 4 * 2 ** 20;
const hourMs = 3_600_000;

/** Whole lines of one path, in memory outside the JavaScript heap: seconds of traffic wait here, and the collector must not walk them. */
interface Block {
  path: string;
  bytes: Buffer;
  used: number;
  lines: number;
}

/**
 * The inference log: one CloudEvents 1.0 line a request in append blobs `{model}/v{version}/{yyyy}/{MM}/{dd}/{HH}/{instance}.jsonl` (UTC).
 * Lines are buffered and written by size and time; storage that is away never fails a request.
 */
export class InferenceLog {
  private pending: Block[] = [];
  private readonly open = new Map<string, Block>();
  private pendingBytes = 0;
  private flushScheduled = false;
  private writing: Promise<void> = Promise.resolve();
  private readonly parts = new Map<string, number>();
  private readonly timer: NodeJS.Timeout;
  private hour = { until: 0, path: "" };

  constructor(private readonly options: InferenceLogOptions) {
    this.timer = setInterval(() => void this.flush(), (options.flushSeconds ?? 5) * 1000);
    this.timer.unref();
  }

  /** Takes a record; nothing is awaited. */
  record(entry: CaptureEntry): void {
    const now = this.options.clock.now();
    const model = knownModel.test(entry.model) ? entry.model : "unknown";
    const line = toLine(entry, model, now);
    const block = this.blockFor(`${model}/v${entry.version}/${this.hourPath(now)}`, line.length * 3);
    const written = block.bytes.write(line, block.used);
    block.used += written;
    block.lines++;
    this.pendingBytes += written;
    if (this.pendingBytes < (this.options.flushBytes ?? maxAppendBytes - blockBytes) || this.flushScheduled) return;
    this.flushScheduled = true;
    void this.flush();
  }

  /** Writes what is buffered; resolves when it is written or kept for the next time. */
  flush(): Promise<void> {
    this.writing = this.writing.then(() => this.write());
    return this.writing;
  }

  /** Writes what is buffered and stops the timer. */
  async close(): Promise<void> {
    clearInterval(this.timer);
    await this.flush();
  }

  /** A block of the path with room for `bytes` more. */
  private blockFor(path: string, bytes: number): Block {
    const open = this.open.get(path);
    if (open && open.used + bytes <= open.bytes.length) return open;
    const block = { path, bytes: Buffer.allocUnsafeSlow(Math.max(blockBytes, bytes)), used: 0, lines: 0 };
    this.open.set(path, block);
    this.pending.push(block);
    return block;
  }

  private hourPath(now: Date): string {
    const time = now.getTime();
    if (time >= this.hour.until || time < this.hour.until - hourMs) {
      const path = now.toISOString().slice(0, 13).replaceAll("-", "/").replace("T", "/");
      this.hour = { until: (Math.floor(time / hourMs) + 1) * hourMs, path };
    }
    return this.hour.path;
  }

  private async write(): Promise<void> {
    const blocks = this.pending;
    this.pending = [];
    this.open.clear();
    this.pendingBytes = 0;
    this.flushScheduled = false;
    const failed: Block[] = [];
    let reason = "";
    for (const group of groupByAppend(blocks)) {
      try {
        await this.append(group[0].path, Buffer.concat(group.map(contentOf)));
      } catch (error) {
        for (const block of group) failed.push({ ...block, bytes: Buffer.from(contentOf(block)) }); // an outage keeps no spare room
        reason = messageOf(error);
      }
    }
    if (failed.length > 0) this.keep(failed, reason);
  }

  /** Appends to the path's blob, or to a next one once it has all the blocks that a blob may have. */
  private async append(path: string, content: Uint8Array): Promise<void> {
    try {
      await this.options.blobs.append(captureContainer, this.blobName(path), content);
    } catch (error) {
      if (!isAppError(error, "too_large")) throw error;
      this.parts.set(path, (this.parts.get(path) ?? 1) + 1);
      await this.options.blobs.append(captureContainer, this.blobName(path), content);
    }
  }

  private blobName(path: string): string {
    const part = this.parts.get(path) ?? 1;
    return `${path}/${this.options.instance}${part === 1 ? "" : `-${part}`}.jsonl`;
  }

  /** Puts blocks back that could not be written, and drops the oldest where they are too many. */
  private keep(failed: Block[], reason: string): void {
    const blocks = [...failed, ...this.pending];
    let held = blocks.reduce((sum, { used }) => sum + used, 0);
    let lost = 0;
    while (blocks.length > 1 && held > (this.options.maxPendingBytes ?? 32 * 2 ** 20)) {
      const oldest = blocks.shift() as Block;
      held -= oldest.used;
      lost += oldest.lines;
    }
    this.pending = blocks;
    this.pendingBytes = held;
    if (lost > 0) this.options.onLoss(lost, reason);
  }
}

/** The blocks of one path that one append takes together: a request to storage costs more than its bytes. */
function groupByAppend(blocks: Block[]): Block[][] {
  const groups: Block[][] = [];
  const open = new Map<string, { group: Block[]; used: number }>();
  for (const block of blocks) {
    let last = open.get(block.path);
    if (last === undefined || last.used + block.used > maxAppendBytes) {
      last = { group: [], used: 0 };
      open.set(block.path, last);
      groups.push(last.group);
    }
    last.group.push(block);
    last.used += block.used;
  }
  return groups;
}

function contentOf({ bytes, used }: Block): Buffer {
  return bytes.subarray(0, used);
}

/** `inputs` comes last and its length before it, so that a reader finds it without parsing the rest. */
function toLine(entry: CaptureEntry, model: string, now: Date): string {
  const inputs =
    entry.status === 200 ? oneLine(entry.inputs) : JSON.stringify(entry.inputs.slice(0, maxMalformedChars));
  const error = entry.error === undefined ? "" : `"error":${JSON.stringify(entry.error)},`;
  return `{"specversion":"1.0","type":"tidegate.inference","id":"${entry.id}","source":"/models/${model}","time":"${now.toISOString()}","datacontenttype":"application/json","modelversion":${entry.version},"data":{"status":${entry.status},"latencyMs":${Math.round(entry.latencyMs * 1000) / 1000},"rows":${entry.rows},"route":"${entry.route}",${error}"inputLength":${inputs.length},"outputs":${entry.outputs ?? "null"},"inputs":${inputs}}}\n`;
}

/** JSON text without line breaks; inside its strings there can be none. */
function oneLine(json: string): string {
  return json.includes("\n") || json.includes("\r") ? json.replace(/[\r\n]+/g, "") : json;
}
