import { isAppError, messageOf } from "../errors";
import type { ModelRuntime, RuntimeModel, TensorInfo, TensorValue } from "../ports";
import type { ModelVersion } from "../registry/modelVersion";

/** What the loader needs of the registry. */
export interface VersionSource {
  resolve(model: string, reference: string): Promise<number>;
  version(model: string, version: number): Promise<ModelVersion>;
  /** bytes checked against their hash */
  bytes(model: string, sha256: string): Promise<Uint8Array>;
}

/** A loaded version in use; call `release` once the work with it is over. */
export class LoadedModel {
  readonly version: ModelVersion;
  readonly runtime: RuntimeModel;
  private released = false;

  constructor(private readonly entry: Entry) {
    entry.users++;
    this.version = entry.version;
    this.runtime = entry.runtime;
  }

  /** Says that the work is over; a second call changes nothing. */
  release(): void {
    if (this.released) return;
    this.released = true;
    this.entry.users--;
    if (this.entry.evicted && this.entry.users === 0) void this.entry.runtime.release();
  }
}

export interface LoaderOptions {
  source: VersionSource;
  runtime: ModelRuntime;
  /** estimated memory of all loaded models, bytes; the least recently used are released beyond it */
  capacityBytes: number;
  /** how old an alias may be before it is read again, ms */
  aliasMaxAgeMs?: number;
  /** monotonic clock, ms */
  nowMs?: () => number;
  /** told of a refresh that failed while the loaded model goes on serving */
  onRefreshFailure?: (model: string, reason: string) => void;
}

interface Entry {
  version: ModelVersion;
  runtime: RuntimeModel;
  costBytes: number;
  users: number;
  evicted: boolean;
}

interface Pointer {
  version: number;
  staleAtMs: number;
  refreshing: boolean;
}

/** A 10 MB tree ensemble was measured to take about 120 MB once loaded. */
const memoryPerFileByte = 12;

/**
 * The common ONNX loader: every function that runs a model gets it here. One session a version, loaded once however many ask
 * (single flight), warmed before it serves, bounded by bytes, released only when nobody uses it. An alias is followed by a pointer
 * that is swapped after the new version is loaded; while storage is away, what is loaded goes on serving.
 */
export class ModelLoader {
  private readonly entries = new Map<string, Entry>();
  private readonly loading = new Map<string, Promise<Entry>>();
  private readonly pointers = new Map<string, Pointer>();
  private readonly aliasMaxAgeMs: number;
  private readonly nowMs: () => number;

  constructor(private readonly options: LoaderOptions) {
    this.aliasMaxAgeMs = options.aliasMaxAgeMs ?? 1500;
    this.nowMs = options.nowMs ?? (() => performance.now());
  }

  /** The version that `reference` (number or alias) stands for, when it is loaded already: the hot path, without a promise. */
  tryAcquire(model: string, reference: string): LoadedModel | undefined {
    const pointer = this.pointers.get(`${model}@${reference}`);
    if (pointer === undefined) return undefined;
    if (this.nowMs() >= pointer.staleAtMs && !pointer.refreshing) this.refresh(model, reference, pointer);
    const entry = this.entries.get(`${model}@${pointer.version}`);
    return entry && new LoadedModel(entry);
  }

  /** Loads the version if need be; AppError not_found or unavailable says why it cannot. */
  async acquire(model: string, reference: string): Promise<LoadedModel> {
    const ready = this.tryAcquire(model, reference);
    if (ready) return ready;
    const version = await this.options.source.resolve(model, reference);
    const entry = await this.entry(model, version);
    if (entry.evicted) return this.acquire(model, reference); // another load took its room before it was in use
    this.pointers.set(`${model}@${reference}`, this.pointer(version));
    return new LoadedModel(entry);
  }

  /** Estimated bytes held by loaded models. */
  get loadedBytes(): number {
    let sum = 0;
    for (const entry of this.entries.values()) sum += entry.costBytes;
    return sum;
  }

  private pointer(version: number): Pointer {
    const jitter = 0.75 + 0.5 * Math.random();
    return { version, staleAtMs: this.nowMs() + this.aliasMaxAgeMs * jitter, refreshing: false };
  }

  private refresh(model: string, reference: string, pointer: Pointer): void {
    pointer.refreshing = true;
    const renew = async () => {
      const version = await this.options.source.resolve(model, reference);
      await this.entry(model, version);
      this.pointers.set(`${model}@${reference}`, this.pointer(version));
    };
    renew().catch((error: unknown) => {
      // gone on purpose: the next request gets the reason; anything else: keep serving what is loaded
      if (isAppError(error, "not_found")) this.pointers.delete(`${model}@${reference}`);
      else this.pointers.set(`${model}@${reference}`, this.pointer(pointer.version));
      this.options.onRefreshFailure?.(model, messageOf(error));
    });
  }

  private async entry(model: string, version: number): Promise<Entry> {
    const key = `${model}@${version}`;
    const ready = this.entries.get(key);
    if (ready) {
      this.entries.delete(key); // to the end: most recently used
      this.entries.set(key, ready);
      return ready;
    }
    let flight = this.loading.get(key);
    if (flight === undefined) {
      flight = this.load(model, version).finally(() => this.loading.delete(key));
      this.loading.set(key, flight);
    }
    return flight;
  }

  private async load(model: string, number: number): Promise<Entry> {
    const version = await this.options.source.version(model, number);
    const bytes = await this.options.source.bytes(model, version.sha256);
    const runtime = await this.options.runtime.load(bytes);
    await runtime.run(warmUpInputs(runtime.inputs));
    const costBytes = bytes.byteLength * memoryPerFileByte;
    const entry: Entry = { version, runtime, costBytes, users: 0, evicted: false };
    this.makeRoom(costBytes);
    this.entries.set(`${model}@${number}`, entry);
    return entry;
  }

  private makeRoom(neededBytes: number): void {
    let held = this.loadedBytes;
    for (const [key, entry] of this.entries) {
      if (held + neededBytes <= this.options.capacityBytes) return;
      this.entries.delete(key);
      held -= entry.costBytes;
      entry.evicted = true;
      if (entry.users === 0) void entry.runtime.release();
    }
  }
}

/** One row of zeros and empty strings for every input, to warm a session. */
function warmUpInputs(inputs: TensorInfo[]): Record<string, TensorValue> {
  const feeds: Record<string, TensorValue> = {};
  for (const { name, datatype, shape } of inputs) {
    const concrete = shape.map((size) => (size === -1 ? 1 : size));
    const count = concrete.reduce((product, size) => product * size, 1);
    feeds[name] = { datatype, shape: concrete, data: zeros[datatype](count) };
  }
  return feeds;
}

const zeros: Record<TensorInfo["datatype"], (count: number) => TensorValue["data"]> = {
  FP32: (count) => new Float32Array(count),
  FP64: (count) => new Float64Array(count),
  INT64: (count) => new BigInt64Array(count),
  INT32: (count) => new Int32Array(count),
  BOOL: (count) => new Uint8Array(count),
  BYTES: (count) => new Array<string>(count).fill(""),
};
