import type { TensorInfo, TensorValue } from "../ports";
import type { ModelVersion } from "../registry/modelVersion";
import { AliasFollower, type FollowOptions } from "./aliasFollower";
import type { ServingModel, ServingRuntime } from "./servingModel";
import { zeroTensor } from "./tensors";

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
  readonly runtime: ServingModel;
  private released = false;

  constructor(
    private readonly entry: Entry,
    /** ms since the alias was read that led here, where that is longer than allowed: storage did not answer in time */
    readonly aliasAgeMs?: number,
  ) {
    entry.users++;
    entry.usedAs = ++uses;
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

export interface LoaderOptions extends Pick<FollowOptions, "nowMs" | "random"> {
  source: VersionSource;
  /** where a version runs */
  runtimeOf: (version: ModelVersion) => ServingRuntime;
  /** estimated memory of all loaded models, bytes; the least recently used are released beyond it */
  capacityBytes: number;
  aliasMaxAgeMs?: number;
  aliasWaitMs?: number;
  /** told when an alias could not be read while the loaded version goes on serving, or why it serves no more */
  onRefreshFailure?: FollowOptions["onFailure"];
}

interface Entry {
  version: ModelVersion;
  runtime: ServingModel;
  costBytes: number;
  users: number;
  /** place of its last use among all uses */
  usedAs: number;
  evicted: boolean;
}

/** A 10 MB tree ensemble was measured to take about 120 MB once loaded. */
const memoryPerFileByte = 12;
const versionNumber = /^\d{1,9}$/;
let uses = 0;

/**
 * The common ONNX loader: every function that runs a model gets it here. One session a version, loaded once however many ask
 * (single flight), warmed before it serves, bounded by bytes, released only when nobody uses it. An alias is followed by a pointer
 * that moves after the new version is loaded; while storage is away, what is loaded goes on serving.
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

  /** The version that `reference` (number or alias) stands for, when it is loaded and the alias fresh: the hot path, without a promise. */
  tryAcquire(model: string, reference: string): LoadedModel | undefined {
    if (versionNumber.test(reference)) return this.take(model, Number(reference));
    const followed = this.aliases.current(model, reference);
    return followed && this.take(model, followed.version, this.aliases.ageBeyondLimit(followed));
  }

  /**
   * The version that `reference` stands for, loaded if need be, the alias read again if that is due; AppError not_found, not_ready or
   * unavailable says why there is none.
   */
  async acquire(model: string, reference: string): Promise<LoadedModel> {
    const ready = this.tryAcquire(model, reference);
    if (ready) return ready;
    if (versionNumber.test(reference)) return this.load(model, Number(reference));
    const followed = await this.aliases.settled(model, reference);
    return this.load(model, followed.version, this.aliases.ageBeyondLimit(followed));
  }

  /** Lets no later request be answered from before an alias of the model was moved, which this process has just done. */
  aliasMoved(model: string): Promise<void> {
    return this.aliases.moved(model);
  }

  /** Drops a version, which the next request loads anew; whoever uses it keeps it until then. */
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
    if (entry.evicted) return this.load(model, version, aliasAgeMs); // another load took its room before it was in use
    return new LoadedModel(entry, aliasAgeMs);
  }

  private async entry(model: string, version: number): Promise<Entry> {
    const key = `${model}@${version}`;
    const ready = this.entries.get(key);
    if (ready) return ready;
    let flight = this.loading.get(key);
    if (flight === undefined) {
      flight = this.loadEntry(model, version).finally(() => this.loading.delete(key));
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

/** One row of zeros and empty strings for every input, to warm a session. */
function warmUpInputs(inputs: TensorInfo[]): Record<string, TensorValue> {
  const feeds: Record<string, TensorValue> = {};
  for (const input of inputs) feeds[input.name] = zeroTensor(input);
  return feeds;
}
