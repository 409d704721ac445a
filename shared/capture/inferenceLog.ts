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

interface Pending {
  lines: string[];
  chars: number;
}

/**
 * The inference log: one CloudEvents 1.0 line a request in append blobs `{model}/v{version}/{yyyy}/{MM}/{dd}/{HH}/{instance}.jsonl` (UTC).
 * Lines are buffered and written by size and time; storage that is away never fails a request.
 */
export class InferenceLog {
  private pending = new Map<string, Pending>();
  private pendingChars = 0;
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
    const path = `${model}/v${entry.version}/${this.hourPath(now)}`;
    const line = toLine(entry, model, now);
    const waiting = this.pending.get(path);
    if (waiting) {
      waiting.lines.push(line);
      waiting.chars += line.length;
    } else this.pending.set(path, { lines: [line], chars: line.length });
    this.pendingChars += line.length;
    if (this.pendingChars >= (this.options.flushBytes ?? 4 * 2 ** 20)) void this.flush();
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

  private hourPath(now: Date): string {
    const time = now.getTime();
    if (time >= this.hour.until || time < this.hour.until - 3_600_000) {
      const path = now.toISOString().slice(0, 13).replaceAll("-", "/").replace("T", "/");
      this.hour = { until: (Math.floor(time / 3_600_000) + 1) * 3_600_000, path };
    }
    return this.hour.path;
  }

  private async write(): Promise<void> {
    const batch = this.pending;
    this.pending = new Map();
    this.pendingChars = 0;
    for (const [path, waiting] of batch) {
      try {
        await this.append(path, waiting.lines);
      } catch (error) {
        this.keep(path, waiting, messageOf(error));
      }
    }
  }

  /** Appends in blocks that every service version takes, to a next blob once the current one has all the blocks it may have. */
  private async append(path: string, lines: string[]): Promise<void> {
    for (const block of blocksOf(lines)) {
      const name = this.blobName(path);
      try {
        await this.options.blobs.append(captureContainer, name, block);
      } catch (error) {
        if (!isAppError(error, "too_large")) throw error;
        this.parts.set(path, (this.parts.get(path) ?? 1) + 1);
        await this.options.blobs.append(captureContainer, this.blobName(path), block);
      }
    }
  }

  private blobName(path: string): string {
    const part = this.parts.get(path) ?? 1;
    return `${path}/${this.options.instance}${part === 1 ? "" : `-${part}`}.jsonl`;
  }

  /** Puts lines back that could not be written, and drops the oldest where they are too many. */
  private keep(path: string, waiting: Pending, reason: string): void {
    const newer = this.pending.get(path) ?? { lines: [], chars: 0 };
    const kept = { lines: [...waiting.lines, ...newer.lines], chars: waiting.chars + newer.chars };
    const limit = this.options.maxPendingBytes ?? 32 * 2 ** 20;
    let lost = 0;
    let spare = this.pendingChars + waiting.chars - limit;
    while (spare > 0 && lost < kept.lines.length) {
      spare -= kept.lines[lost].length;
      kept.chars -= kept.lines[lost].length;
      lost++;
    }
    kept.lines = kept.lines.slice(lost);
    this.pendingChars += kept.chars - newer.chars;
    this.pending.set(path, kept);
    if (lost > 0) this.options.onLoss(lost, reason);
  }
}

const blockBytes = 4 * 2 ** 20;

function* blocksOf(lines: string[]): Iterable<Buffer> {
  let start = 0;
  let chars = 0;
  for (let i = 0; i < lines.length; i++) {
    if (chars > 0 && chars + lines[i].length > blockBytes / 2) {
      yield Buffer.from(lines.slice(start, i).join(""));
      start = i;
      chars = 0;
    }
    chars += lines[i].length;
  }
  if (start < lines.length) yield Buffer.from(lines.slice(start).join(""));
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
