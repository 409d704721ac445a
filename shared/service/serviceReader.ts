import { createHash } from "node:crypto";
import { documentText, parseDocument, readDerived } from "../documents";
import { isAppError } from "../errors";
import { emptyServiceProfile, type ServiceProfile } from "../monitoring/serviceProfile";
import type { TimeRange } from "../monitoring/windowProfile";
import type { BlobInfo, BlobStore, Clock } from "../ports";
import { dayMs, hourMs, hourPath, startOfHour } from "../time";
import { addKept, dayDocument, hourDocument, type KeptService, type KeptSlice, keptService } from "./serviceDocument";
import { serviceContainer } from "./serviceLog";

/** What was counted in a slice of five minutes by one process, or in an hour by all on a day that is rolled up. */
export interface ReadSlice {
  startMs: number;
  app: KeptService;
  models: Record<string, KeptService>;
}

export interface ServiceReaderPorts {
  blobs: Pick<BlobStore, "read" | "list" | "write">;
  clock: Clock;
  /** told of a stored hour that cannot be read, which is left out */
  onUnreadable: (error: Error) => void;
}

/** a day is rolled up so long after its end: processes may still write their last hour before */
const daySettlesMs = 2 * hourMs;
/** a rolled-up day is compared with its hours until then, since an outage may keep some from being written */
const dayIsFinalMs = 2 * dayMs;
const mostDays = 64;
const mostHours = 512;
const readsAtOnce = 16;

/** The subject by which the counts of all models together are asked for. */
export const wholeApp = "tidegate";

/**
 * Reads what all processes counted: the hours of newest days by slices, older days from one document a day, which is
 * made from their hours when it is first needed. What was read once is kept in memory as long as it has not changed.
 */
export class ServiceReader {
  private readonly hours = new Map<string, { etag: string; slices: ReadSlice[] }>();
  private readonly days = new Map<string, { until: number; slices: ReadSlice[] }>();

  constructor(private readonly ports: ServiceReaderPorts) {}

  /** What was counted in a range of one model (with that of the app as a whole), or of all (`wholeApp`). */
  async profile(model: string, range: TimeRange): Promise<ServiceProfile> {
    return profileOf(model, await this.slices(range));
  }

  /** The slices that start in a range, oldest first; of days that are rolled up they are hours. */
  async slices({ from, to }: TimeRange): Promise<ReadSlice[]> {
    const found: ReadSlice[] = [];
    for (const day of daysOf(from, to)) {
      const isOver = this.ports.clock.now().getTime() >= day + dayMs + daySettlesMs;
      found.push(...(isOver ? await this.day(day) : await this.newest(day, from, to)));
    }
    return found.filter(({ startMs }) => startMs >= from.getTime() && startMs < to.getTime());
  }

  /** A day that is not rolled up yet: its hours in the range. */
  private async newest(day: number, from: Date, to: Date): Promise<ReadSlice[]> {
    const first = Math.max(day, startOfHour(from.getTime()));
    const end = Math.min(day + dayMs, to.getTime());
    const hours = Math.ceil((end - first) / hourMs);
    // one listing of the day costs less than three of hours
    const prefixes =
      hours > 2
        ? [hourPath(new Date(day)).slice(0, -2)]
        : Array.from({ length: hours }, (_, hour) => `${hourPath(new Date(first + hour * hourMs))}/`);
    const lists = await Promise.all(prefixes.map((prefix) => this.list(prefix)));
    return this.read(lists.flat());
  }

  private async day(startMs: number): Promise<ReadSlice[]> {
    const day = new Date(startMs).toISOString().slice(0, 10);
    const now = this.ports.clock.now().getTime();
    const kept = this.days.get(day);
    if (kept !== undefined && now < kept.until) return kept.slices;
    const slices = await this.rolledUp(startMs, day);
    if (this.days.size >= mostDays) this.days.delete([...this.days.keys()][0]);
    const isFinal = now >= startMs + dayMs + dayIsFinalMs;
    this.days.set(day, { until: isFinal ? Number.POSITIVE_INFINITY : now + hourMs, slices });
    return slices;
  }

  private async rolledUp(startMs: number, day: string): Promise<ReadSlice[]> {
    const { blobs, clock } = this.ports;
    const place = { container: serviceContainer, name: `days/${day}.json` };
    const stored = await readDerived(blobs, place, dayDocument);
    const isFinal = clock.now().getTime() >= startMs + dayMs + dayIsFinalMs;
    if (isFinal && stored !== undefined && stored !== "damaged") return stored.hours.map(readOf);
    const found = await this.list(hourPath(new Date(startMs)).slice(0, -2));
    const parts = createHash("sha256")
      .update(found.map(({ name, etag }) => `${name} ${etag}\n`).join(""))
      .digest("hex");
    if (stored !== undefined && stored !== "damaged") {
      // hours that were taken away since, by age, are still in the day
      if (stored.parts === parts || found.length === 0) return stored.hours.map(readOf);
    }
    const hours = byHour(await this.read(found));
    if (found.length > 0)
      await blobs.write(place.container, place.name, documentText(dayDocument, { parts, hours }), "application/json");
    return hours.map(readOf);
  }

  private async list(prefix: string): Promise<BlobInfo[]> {
    const found: BlobInfo[] = [];
    for await (const blob of this.ports.blobs.list(serviceContainer, prefix)) found.push(blob);
    return found;
  }

  private async read(blobs: BlobInfo[]): Promise<ReadSlice[]> {
    const read: ReadSlice[] = [];
    for (let at = 0; at < blobs.length; at += readsAtOnce)
      for (const slices of await Promise.all(blobs.slice(at, at + readsAtOnce).map((blob) => this.hour(blob))))
        read.push(...slices);
    return read;
  }

  private async hour({ name, etag }: BlobInfo): Promise<ReadSlice[]> {
    const kept = this.hours.get(name);
    if (kept?.etag === etag) return kept.slices;
    const bytes = await this.ports.blobs.read(serviceContainer, name);
    if (bytes === undefined) return []; // taken away since it was listed
    const slices = this.parsed(name, bytes);
    this.hours.delete(name);
    this.hours.set(name, { etag, slices });
    if (this.hours.size > mostHours) this.hours.delete([...this.hours.keys()][0]);
    return slices;
  }

  private parsed(name: string, bytes: Uint8Array): ReadSlice[] {
    try {
      return parseDocument(hourDocument, bytes, `${serviceContainer}/${name}`).slices.map(readOf);
    } catch (error) {
      if (!isAppError(error)) throw error;
      this.ports.onUnreadable(error);
      return [];
    }
  }
}

/** What slices counted of one model (with the processes that served it), or of all models and the app (`wholeApp`). */
export function profileOf(model: string, slices: readonly ReadSlice[]): ServiceProfile {
  const sum = emptyServiceProfile();
  for (const { app, models } of slices) {
    const { exceptions: _exceptions, errorEvents: _events, ...processes } = app;
    addKept(sum, model === wholeApp ? app : processes);
    if (model === wholeApp) for (const profile of Object.values(models)) addKept(sum, profile);
    else if (Object.hasOwn(models, model)) addKept(sum, models[model]);
  }
  return sum;
}

/** The starts of the days (UTC) of a range, oldest first. */
function daysOf(from: Date, to: Date): number[] {
  const days: number[] = [];
  for (let day = Math.floor(from.getTime() / dayMs) * dayMs; day < to.getTime(); day += dayMs) days.push(day);
  return days;
}

/** The sums of each hour, oldest first. */
function byHour(slices: readonly ReadSlice[]): KeptSlice[] {
  const hours = Map.groupBy(slices, ({ startMs }) => startOfHour(startMs));
  return [...hours]
    .sort(([a], [b]) => a - b)
    .map(([startMs, ofHour]) => {
      const app = emptyServiceProfile();
      const models = new Map<string, ServiceProfile>();
      for (const slice of ofHour) {
        addKept(app, slice.app);
        for (const [model, profile] of Object.entries(slice.models)) {
          const sum = models.get(model) ?? emptyServiceProfile();
          models.set(model, sum);
          addKept(sum, profile);
        }
      }
      const kept = [...models].map(([model, profile]) => [model, keptService(profile)]);
      return { start: new Date(startMs).toISOString(), app: keptService(app), models: Object.fromEntries(kept) };
    });
}

function readOf({ start, app, models }: KeptSlice): ReadSlice {
  return { startMs: Date.parse(start), app, models };
}
