import type { TensorInfo, TensorValue } from "../ports";
import type { ModelVersion } from "../registry/modelVersion";
import { AliasFollower, type FollowOptions } from "./aliasFollower";
import type { ServingModel, ServingRuntime } from "./servingModel";
import { zeroTensor } from "./tensors";

/** What the loader needs from the registry. */
export interface VersionSource {
  resolve(model: string, reference: string): Promise<number>;
  version(model: string, version: number): Promise<ModelVersion>;
  /** the bytes, checked against their hash */
  bytes(model: string, sha256: string): Promise<Uint8Array>;
}

/** A loaded version in use; call `release` when the work with it is done. */
export class LoadedModel {
  readonly version: ModelVersion;
  readonly runtime: ServingModel;
  private released = false;

  constructor(
    private readonly entry: Entry,
    /** ms since the alias was read, if that is longer than allowed because storage did not answer in time */
    readonly aliasAgeMs?: number,
  ) {
    entry.users++;
    entry.usedAs = ++uses;
    this.version = entry.version;
    this.runtime = entry.runtime;
  }

  /** Ends the use; a second call changes nothing. */
  release(): void {
    if (this.released) return;
    this.released = true;
    this.entry.users--;
    if (this.entry.evicted && this.entry.users === 0) void this.entry.runtime.release();
  }
}

export interface LoaderOptions extends Pick<FollowOptions, "nowMs" | "random"> {
  source: VersionSource;
  /** where a version runs */
  runtimeOf: (version: ModelVersion) => ServingRuntime;
  /** estimated memory of all loaded models, bytes; the least recently used are released beyond it */
  capacityBytes: number;
  aliasMaxAgeMs?: number;
  aliasWaitMs?: number;
  /** called when an alias could not be read: the loaded version keeps serving, or the reason why it no longer does */
  onRefreshFailure?: FollowOptions["onFailure"];
  /** told how the load of each version ended */
  loads?: {
    loaded(version: ModelVersion): void;
    notLoaded(version: Pick<ModelVersion, "model" | "version">, error: unknown): void;
  };
}

interface Entry {
  version: ModelVersion;
  runtime: ServingModel;
  costBytes: number;
  users: number;
  /** sequence number of its last use among all uses */
  usedAs: number;
  evicted: boolean;
}

/** a 10 MB tree ensemble was measured to take about 120 MB once loaded */
const memoryPerFileByte = 12;
const versionNumber = /^\d{1,9}$/;
let uses = 0;

/**
 * The one ONNX loader: every function that runs a model gets it here. Each version has one session, loaded once however
 * many callers ask (single flight), warmed before it serves, bounded by bytes, and released only when nobody uses it.
 * An alias is followed by a pointer that moves once the new version is loaded; during a storage outage, loaded versions
 * keep serving.
 */
export class ModelLoader {
  private readonly entries = new Map<string, Entry>();
  private readonly loading = new Map<string, Promise<Entry>>();
  private readonly aliases: AliasFollower;

  constructor(private readonly options: LoaderOptions) {
    const { aliasMaxAgeMs: maxAgeMs, aliasWaitMs: waitMs, nowMs, random, onRefreshFailure: onFailure } = options;
    const read = async (model: string, alias: string) => {
      const version = await options.source.resolve(model, alias);
      await this.entry(model, version);
      return version;
    };
    this.aliases = new AliasFollower({ read, maxAgeMs, waitMs, nowMs, random, onFailure });
  }

  /**
   * The version that `reference` (number or alias) stands for, if it is loaded and the alias is fresh: the hot path,
   * without a promise.
   */
  tryAcquire(model: string, reference: string): LoadedModel | undefined {
    if (versionNumber.test(reference)) return this.take(model, Number(reference));
    const followed = this.aliases.current(model, reference);
    return followed && this.take(model, followed.version, this.aliases.ageBeyondLimit(followed));
  }

  /**
   * The version that `reference` stands for, loaded if necessary, after reading the alias again if that is due;
   * AppError not_found, not_ready or unavailable says why there is none.
   */
  async acquire(model: string, reference: string): Promise<LoadedModel> {
    const ready = this.tryAcquire(model, reference);
    if (ready) return ready;
    if (versionNumber.test(reference)) return this.load(model, Number(reference));
    const followed = await this.aliases.settled(model, reference);
    return this.load(model, followed.version, this.aliases.ageBeyondLimit(followed));
  }

  /** Makes every later request see that this process has just moved an alias of the model. */
  aliasMoved(model: string): Promise<void> {
    return this.aliases.moved(model);
  }

  /** Drops a version, so that the next request loads it again; current users keep theirs. */
  forget({ model, version }: Pick<ModelVersion, "model" | "version">): void {
    const key = `${model}@${version}`;
    const entry = this.entries.get(key);
    if (entry) this.evict(key, entry);
  }

  /** Estimated bytes held by loaded models. */
  get loadedBytes(): number {
    let sum = 0;
    for (const entry of this.entries.values()) sum += entry.costBytes;
    return sum;
  }

  private take(model: string, version: number, aliasAgeMs?: number): LoadedModel | undefined {
    const entry = this.entries.get(`${model}@${version}`);
    return entry && new LoadedModel(entry, aliasAgeMs);
  }

  private async load(model: string, version: number, aliasAgeMs?: number): Promise<LoadedModel> {
    const entry = await this.entry(model, version);
    if (entry.evicted) return this.load(model, version, aliasAgeMs); // another load took its place before it was in use
    return new LoadedModel(entry, aliasAgeMs);
  }

  private async entry(model: string, version: number): Promise<Entry> {
    const key = `${model}@${version}`;
    const ready = this.entries.get(key);
    if (ready) return ready;
    let flight = this.loading.get(key);
    if (flight === undefined) {
      flight = this.loadEntry(model, version).finally(() => this.loading.delete(key));
      const { loads } = this.options;
      if (loads)
        flight.then(
          (entry) => loads.loaded(entry.version),
          (error) => loads.notLoaded({ model, version }, error),
        );
      this.loading.set(key, flight);
    }
    return flight;
  }

  private async loadEntry(model: string, number: number): Promise<Entry> {
    const version = await this.options.source.version(model, number);
    const bytes = await this.options.source.bytes(model, version.sha256);
    const runtime = await this.options.runtimeOf(version).load(bytes);
    await runtime.run(warmUpInputs(runtime.inputs));
    const costBytes = bytes.byteLength * memoryPerFileByte + (runtime.overheadBytes ?? 0);
    const entry: Entry = { version, runtime, costBytes, users: 0, usedAs: ++uses, evicted: false };
    this.makeRoom(costBytes);
    this.entries.set(`${model}@${number}`, entry);
    return entry;
  }

  private makeRoom(neededBytes: number): void {
    let held = this.loadedBytes;
    for (const [key, entry] of [...this.entries].sort(([, a], [, b]) => a.usedAs - b.usedAs)) {
      if (held + neededBytes <= this.options.capacityBytes) return;
      held -= entry.costBytes;
      this.evict(key, entry);
    }
  }

  private evict(key: string, entry: Entry): void {
    this.entries.delete(key);
    entry.evicted = true;
    if (entry.users === 0) void entry.runtime.release();
  }
}

/** One row of zeros and empty strings for every input, to warm up a session. */
function warmUpInputs(inputs: TensorInfo[]): Record<string, TensorValue> {
  const feeds: Record<string, TensorValue> = {};
  for (const input of inputs) feeds[input.name] = zeroTensor(input);
  return feeds;
}
