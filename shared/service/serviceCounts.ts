import { addCount, emptyServiceProfile, latencyBucket, type ServiceProfile } from "../monitoring/serviceProfile";
import { entityName } from "../names";
import type { Clock } from "../ports";
import { hourMs, startOfHour } from "../time";

/** Counts are kept by slices of so long, so that a window need not end with an hour. */
export const sliceMs = 5 * 60_000;

/** What one process counted in a slice: of the app as a whole, and of each model. */
export interface ServiceSlice {
  startMs: number;
  app: ServiceProfile;
  models: Map<string, ServiceProfile>;
}

/** What one process counted in an hour. */
export interface CountedHour {
  startMs: number;
  /** numbers the hours that this process opened: an hour that a clock came back to is another one */
  part: number;
  slices: ServiceSlice[];
  changed: boolean;
}

/** where requests are counted that name no model that is known */
export const unknownModel = "unknown";

/** names of models that failed before any answer of theirs was seen; more are counted as unknown */
const mostUnseen = 200;
/** kinds of exceptions or events in one slice; more are counted as "other" */
const mostKinds = 50;
/** hours that could not be written are kept in memory so long */
const mostHours = 48;

/** The counts of this process since they were last written; counting is a few increments. */
export class ServiceCounts {
  private readonly hours = new Map<number, CountedHour>();
  private readonly seen: Set<string>;
  private unseen = 0;
  private parts = 0;
  private current?: { hour: CountedHour; slice: ServiceSlice };

  /** `known` are models whose failures count from the first request on. */
  constructor(
    private readonly clock: Clock,
    known: Iterable<string> = [],
  ) {
    this.seen = new Set(known);
  }

  /** A scoring request was answered; `version` is 0 where none was found for it. */
  scored(model: string, version: number, status: number, latencyMs: number): void {
    const profile = this.ofModel(version > 0 ? this.isSeen(model) : this.nameOf(model, status));
    addCount(profile.requests, String(status), 1);
    if (status < 400) profile.latencies[latencyBucket(latencyMs)]++;
  }

  /** Something failed, by its error code or class name; of a model, or of the app. */
  exception(kind: string, model?: string): void {
    addKind((model === undefined ? this.slice().app : this.ofModel(this.nameOf(model, 500))).exceptions, kind);
  }

  /** An error event was sent (docs/telemetry.md). */
  errorEvent(name: string, model?: string): void {
    addKind((model === undefined ? this.slice().app : this.ofModel(this.nameOf(model, 500))).errorEvents, name);
  }

  /** This process is ready, so long after it was started. */
  started(latencyMs: number): void {
    const { app } = this.slice();
    app.starts++;
    app.startLatencies[latencyBucket(latencyMs)]++;
  }

  loopDelay(delayMs: number): void {
    this.slice().app.loopDelays[latencyBucket(delayMs)]++;
  }

  memory(bytes: number): void {
    const { app } = this.slice();
    if (bytes > app.memoryBytes) app.memoryBytes = bytes;
  }

  queueLength(queue: string, length: number): void {
    const { queues } = this.slice().app;
    if (length > (queues[queue] ?? 0)) queues[queue] = length;
  }

  minute(): void {
    this.slice().app.minutes++;
  }

  /** Hours with something that is not written yet, oldest first; they count as written until something is added. */
  takeChanged(): CountedHour[] {
    const changed = [...this.hours.values()].filter((hour) => hour.changed);
    for (const hour of changed) hour.changed = false;
    return changed.sort((a, b) => a.startMs - b.startMs);
  }

  /** An hour could not be written: it is taken again, unless it is among too many. */
  putBack(hour: CountedHour): void {
    hour.changed = true;
    this.hours.set(hour.startMs, hour);
    const oldest = [...this.hours.keys()].sort((a, b) => a - b);
    for (const startMs of oldest.slice(0, Math.max(0, oldest.length - mostHours))) this.hours.delete(startMs);
  }

  /** Forgets hours that are written and over. */
  forgetWritten(): void {
    const now = startOfHour(this.clock.now().getTime());
    for (const [startMs, hour] of this.hours) {
      if (hour.changed || startMs === now) continue;
      this.hours.delete(startMs);
      if (this.current?.hour === hour) this.current = undefined; // a clock that is set back opens it anew
    }
  }

  private isSeen(model: string): string {
    if (this.seen.has(model)) return model;
    if (!entityName.test(model)) return unknownModel;
    this.seen.add(model);
    return model;
  }

  /** Callers may name what they like: only so many names are kept of models that never answered. */
  private nameOf(model: string, status: number): string {
    if (this.seen.has(model)) return model;
    if (status < 500 || this.unseen >= mostUnseen || !entityName.test(model)) return unknownModel;
    this.unseen++;
    this.seen.add(model);
    return model;
  }

  private ofModel(model: string): ServiceProfile {
    const { models } = this.slice();
    let profile = models.get(model);
    if (profile === undefined) {
      profile = emptyServiceProfile();
      models.set(model, profile);
    }
    return profile;
  }

  private slice(): ServiceSlice {
    const nowMs = this.clock.now().getTime();
    const sinceMs = nowMs - (this.current?.slice.startMs ?? Number.NEGATIVE_INFINITY);
    if (this.current === undefined || sinceMs < 0 || sinceMs >= sliceMs) this.current = this.open(nowMs);
    this.current.hour.changed = true;
    return this.current.slice;
  }

  private open(nowMs: number): { hour: CountedHour; slice: ServiceSlice } {
    const hourStart = startOfHour(nowMs);
    let hour = this.hours.get(hourStart);
    if (hour === undefined) {
      hour = { startMs: hourStart, part: ++this.parts, slices: [], changed: true };
      this.hours.set(hourStart, hour);
    }
    const startMs = hourStart + Math.floor((nowMs % hourMs) / sliceMs) * sliceMs;
    let slice = hour.slices.find((one) => one.startMs === startMs);
    if (slice === undefined) {
      slice = { startMs, app: emptyServiceProfile(), models: new Map() };
      hour.slices.push(slice);
    }
    return { hour, slice };
  }
}

function addKind(counts: Record<string, number>, kind: string): void {
  const name = /^[A-Za-z]\w{0,63}$/.test(kind) ? kind : "Error";
  const isKept = Object.hasOwn(counts, name) || Object.keys(counts).length < mostKinds;
  addCount(counts, isKept ? name : "other", 1);
}
