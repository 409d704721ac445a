import { capturedBlobs } from "../capture/windows/capturedBlobs";
import type { BlobStore, Clock } from "../ports";
import { timeOfRequest } from "../requestId";
import { wireFormat } from "../serving/wire/registry";
import { hourMs, hourPath } from "../time";
import type { UsecaseSpec } from "../usecase/usecaseSpec";
import { type CapturedRequest, capturedRequests } from "./capturedRequests";
import { rangeOfHour } from "./hours";
import { type RowKey, rowKey, rowKeyColumns } from "./rowKey";
import { seenHours } from "./seenHours";
import { rowSubject } from "./truth";

/** What was captured of a model in one hour. */
interface HourIndex {
  /** how far each capture blob was read */
  read: Map<string, number>;
  /** rows by request id */
  requests: Map<string, number>;
  /** subjects of the rows that bring their key */
  rows: Set<string>;
}

export interface KnownPredictionsPorts {
  blobs: BlobStore;
  clock: Clock;
}

const mostKept = 1_000_000;
/** a request that comes at the end of an hour may be captured in the next */
const longestRequestMs = 10 * 60_000;

/** Which predictions were captured, by request and by entity and time. */
export class KnownPredictions {
  private readonly hours = new Map<string, HourIndex>();

  constructor(private readonly ports: KnownPredictionsPorts) {}

  /** Looks at storage again for the next question. */
  lookup(spec: UsecaseSpec): PredictionLookup {
    return new PredictionLookup(spec, this.ports, (hour) => this.index(spec, hour));
  }

  private async index(spec: UsecaseSpec, hour: string): Promise<HourIndex> {
    const name = `${spec.name}/${hour}`;
    const index = this.hours.get(name) ?? { read: new Map(), requests: new Map(), rows: new Set() };
    const captured = await capturedBlobs(this.ports.blobs, spec.name, rangeOfHour(hour));
    for (const blob of captured.get(hour) ?? []) {
      const from = index.read.get(blob.name) ?? 0;
      if (from >= blob.sizeBytes) continue;
      const requests = capturedRequests(this.ports.blobs, blob.name, from, blob.sizeBytes);
      let next = await requests.next();
      for (; next.done !== true; next = await requests.next()) addRequest(index, spec, next.value);
      index.read.set(blob.name, next.value);
    }
    this.keep(name, index);
    return index;
  }

  /** Keeps the hours that were asked for last. */
  private keep(name: string, index: HourIndex): void {
    this.hours.delete(name);
    this.hours.set(name, index);
    let kept = 0;
    for (const [old, { requests, rows }] of [...this.hours].reverse()) {
      kept += requests.size + rows.size;
      if (kept > mostKept && old !== name) this.hours.delete(old);
    }
  }
}

function addRequest(index: HourIndex, spec: UsecaseSpec, { id, rows, format, inputs }: CapturedRequest): void {
  index.requests.set(id, rows);
  const columns = rowKeyColumns(spec);
  if (inputs === undefined || spec.time === undefined) return;
  const cells = wireFormat(format).contextOf(inputs, columns);
  for (let row = 0; row < rows; row++) {
    const key = rowKey(spec, Object.fromEntries(columns.map((name, at) => [name, cells[at][row]])));
    if (key !== undefined) index.rows.add(rowSubject(key.entity, key.time));
  }
}

/** Answers about one call's predictions: each hour is read once. */
export class PredictionLookup {
  private readonly indexes = new Map<string, Promise<HourIndex>>();

  constructor(
    private readonly spec: UsecaseSpec,
    private readonly ports: KnownPredictionsPorts,
    private readonly read: (hour: string) => Promise<HourIndex>,
  ) {}

  /** How many rows a request had; undefined where no answered request has this id. */
  async rowsOf(requestId: string): Promise<number | undefined> {
    const came = timeOfRequest(requestId)?.getTime();
    if (came === undefined) return undefined;
    for (const hour of new Set([hourPath(new Date(came)), hourPath(new Date(came + longestRequestMs))])) {
      const rows = (await this.index(hour)).requests.get(requestId.toLowerCase());
      if (rows !== undefined) return rows;
    }
    return undefined;
  }

  /** Whether a row with this key was scored. */
  async hasRow({ time, entity }: RowKey): Promise<boolean> {
    const subject = rowSubject(entity, time);
    const now = this.ports.clock.now().getTime();
    const noted = await this.seen(hourPath(new Date(time)));
    // what was captured last may not be noted yet
    const hours = new Set([...noted, hourPath(new Date(now)), hourPath(new Date(now - hourMs))]);
    for (const hour of hours) if ((await this.index(hour)).rows.has(subject)) return true;
    return false;
  }

  private readonly notes = new Map<string, Promise<string[]>>();

  private seen(hour: string): Promise<string[]> {
    const known = this.notes.get(hour) ?? seenHours(this.ports.blobs, this.spec.name, hour);
    this.notes.set(hour, known);
    return known;
  }

  private async index(hour: string): Promise<HourIndex> {
    const known = this.indexes.get(hour) ?? this.read(hour);
    this.indexes.set(hour, known);
    return known;
  }
}
