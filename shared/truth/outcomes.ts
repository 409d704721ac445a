import { createHash } from "node:crypto";
import { type CapturedBlob, capturedBlobs } from "../capture/windows/capturedBlobs";
import { documentText, readDerived } from "../documents";
import type { HourOutcomes } from "../monitoring/outcomeProfile";
import type { BlobInfo, BlobStore } from "../ports";
import { hourMs, hourPath } from "../time";
import { capturedRequests } from "./capturedRequests";
import { dayOutcomeDocument, type KeptHour } from "./dayOutcomes";
import { hourOfPath, hoursOf, pathsHolding } from "./hours";
import {
  type CapturedPrediction,
  type CountedVersion,
  joinOutcomes,
  outcomeShape,
  predictionReader,
} from "./joinOutcomes";
import { bySubject } from "./truth";
import { type TruthKind, type TruthStore, truthPrefix } from "./truthStore";

export interface OutcomePorts {
  blobs: BlobStore;
  truths: TruthStore;
}

const container = "outcomes";
/** increased when outcomes are counted otherwise: older ones are then made again */
const outcomeFormat = 1;
const dayLength = "2013/07/01".length;

/**
 * The outcomes of a version's predictions in the hours of a range, oldest first; hours without predictions are left
 * out. What was counted is kept by day, and an hour is counted again only when its captures or its truths have grown.
 */
export async function outcomesIn(
  ports: OutcomePorts,
  version: CountedVersion & { version: number },
  range: { from: Date; to: Date },
): Promise<HourOutcomes[]> {
  const model = version.spec.name;
  const ofHour = new Map<string, CapturedBlob[]>();
  for (const [hour, captured] of await capturedBlobs(ports.blobs, model, range)) {
    const own = captured.filter((blob) => blob.version === version.version);
    if (own.length > 0) ofHour.set(hour, own);
  }
  const days = new Set([...ofHour.keys()].map((hour) => hour.slice(0, dayLength)));
  for (const day of await keptDays(ports.blobs, `${model}/v${version.version}/`, range)) days.add(day);
  const listings = new TruthListings(ports.truths, model);
  await listings.prepare([...ofHour.keys()]);
  const found: HourOutcomes[] = [];
  for (const day of [...days].sort()) {
    const hours = hoursOf(range).filter((hour) => hour.startsWith(day));
    found.push(...(await outcomesOfDay({ ...ports, listings }, version, day, hours, ofHour)));
  }
  return found;
}

/** The days of a range whose outcomes were kept: they outlive the captures that they were counted from. */
async function keptDays(blobs: BlobStore, folder: string, range: { from: Date; to: Date }): Promise<string[]> {
  const wanted = new Set(hoursOf(range).map((hour) => hour.slice(0, dayLength)));
  const months = new Set([...wanted].map((day) => day.slice(0, "2013/07".length)));
  const found: string[] = [];
  for (const month of months)
    for await (const { name } of blobs.list(container, `${folder}${month}/`)) {
      const day = name.slice(folder.length).replace(/\.json$/, "");
      if (wanted.has(day)) found.push(day);
    }
  return found;
}

type DayPorts = OutcomePorts & { listings: TruthListings };

async function outcomesOfDay(
  ports: DayPorts,
  version: CountedVersion & { version: number },
  day: string,
  hours: readonly string[],
  captures: ReadonlyMap<string, CapturedBlob[]>,
): Promise<HourOutcomes[]> {
  const place = { container, name: `${version.spec.name}/v${version.version}/${day}.json` };
  const stored = await readDerived(ports.blobs, place, dayOutcomeDocument);
  const kept = new Map((stored && stored !== "damaged" ? stored.hours : []).map((one) => [one.hour, one]));
  const captured = hours.filter((hour) => captures.has(hour));
  await ports.listings.prepare([...captured, ...captured.flatMap((hour) => kept.get(hour)?.rowHours ?? [])]);
  let isChanged = false;
  for (const hour of captured) {
    const blobs = captures.get(hour) ?? [];
    const old = kept.get(hour);
    if (old !== undefined && old.fingerprint === (await fingerprintOf(ports, version, hour, blobs, old.rowHours)))
      continue;
    kept.set(hour, await countHour(ports, version, hour, blobs));
    isChanged = true;
  }
  const all = [...kept.values()].sort((a, b) => (a.hour < b.hour ? -1 : 1));
  if (isChanged) await ports.blobs.write(place.container, place.name, documentText(dayOutcomeDocument, { hours: all }));
  const asked = new Set(hours);
  return all
    .filter(({ hour, outcomes }) => asked.has(hour) && outcomes.predictions > 0)
    .map(({ hour, outcomes }) => ({ hour: hourOfPath(hour), outcomes }));
}

async function countHour(
  ports: DayPorts,
  version: CountedVersion,
  hour: string,
  captures: readonly CapturedBlob[],
): Promise<KeptHour> {
  const read = predictionReader(version);
  const predictions: CapturedPrediction[] = [];
  for (const { name, sizeBytes } of captures)
    for await (const request of capturedRequests(ports.blobs, name, 0, sizeBytes)) predictions.push(...read(request));
  const rowHours = [...new Set(predictions.flatMap(({ key }) => (key ? [hourPath(new Date(key.time))] : [])))].sort();
  await ports.listings.prepare([hour, ...rowHours]);
  const blobs = await truthBlobs(ports.listings, hour, rowHours);
  const truths = bySubject(await ports.truths.of(blobs));
  const fingerprint = await fingerprintOf(ports, version, hour, captures, rowHours);
  return { hour, rowHours, fingerprint, outcomes: joinOutcomes(version, predictions, truths) };
}

/** What truths of an hour's predictions lie in: by request of this hour and the one before it, and by row. */
async function truthBlobs(listings: TruthListings, hour: string, rowHours: readonly string[]): Promise<BlobInfo[]> {
  const before = hourPath(new Date(hourOfPath(hour).getTime() - hourMs));
  return [
    ...listings.of("requests", before),
    ...listings.of("requests", hour),
    ...rowHours.flatMap((one) => listings.of("rows", one)),
  ];
}

async function fingerprintOf(
  { listings }: DayPorts,
  version: CountedVersion,
  hour: string,
  captures: readonly CapturedBlob[],
  rowHours: readonly string[],
): Promise<string> {
  const sizes = (blobs: readonly Pick<BlobInfo, "name" | "sizeBytes">[]) =>
    blobs.map(({ name, sizeBytes }) => `${name} ${sizeBytes}`).sort();
  const read = [...sizes(captures), ...sizes(await truthBlobs(listings, hour, rowHours))];
  const { spec } = version;
  const counted = [outcomeFormat, outcomeShape(version), spec.label, spec.evaluation?.slices, spec.time, spec.entity];
  return createHash("sha256")
    .update(JSON.stringify([counted, read]))
    .digest("hex")
    .slice(0, 16);
}

/** The blobs of truths by hour, listed once for a whole question. */
class TruthListings {
  private readonly found = new Map<string, BlobInfo[]>();
  private readonly listed = new Set<string>();

  constructor(
    private readonly truths: TruthStore,
    private readonly model: string,
  ) {}

  /** Lists what is not listed yet. */
  async prepare(hours: readonly string[]): Promise<void> {
    const before = hours.map((hour) => hourPath(new Date(hourOfPath(hour).getTime() - hourMs)));
    const missing = [...hours, ...before].filter((hour) => !this.listed.has(hour));
    for (const path of pathsHolding(missing))
      for (const kind of ["requests", "rows"] as const)
        for (const blob of await this.truths.list(this.model, kind, path)) this.add(kind, blob);
    for (const hour of missing) this.listed.add(hour);
  }

  of(kind: TruthKind, hour: string): BlobInfo[] {
    return this.found.get(truthPrefix(this.model, kind, hour)) ?? [];
  }

  private add(_kind: TruthKind, blob: BlobInfo): void {
    const prefix = blob.name.slice(0, blob.name.lastIndexOf("/") + 1);
    const known = this.found.get(prefix) ?? [];
    if (!known.some(({ name }) => name === blob.name)) this.found.set(prefix, [...known, blob]);
  }
}
