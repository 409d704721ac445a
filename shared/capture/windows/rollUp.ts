import { z } from "zod";
import { documentText, documentType, objectOf, readDerived, unchanged } from "../../documents";
import { type Counted, mergeCounted } from "../counting/counted";
import { countedSchema } from "../counting/countedDocument";
import type { CapturedBlob } from "./capturedBlobs";
import { capturedPart, countedBlob, isUsable, partName } from "./capturedPart";
import { inOrder } from "./inOrder";
import { binsHash, type ProfileKind, profileContainer, profileFolder, type WatchedLog } from "./watchedLog";

/** The counts of an hour, a day or a month. */
export interface RollUp {
  binsHash: string;
  /** bytes of what it counts: by hour, version and process; of a month by day and version */
  covers: Record<string, number>;
  counted: Counted;
}

export const rollUpDocument = documentType(
  objectOf<RollUp>({ binsHash: z.string(), covers: z.record(z.string(), z.number()), counted: countedSchema }),
  [unchanged],
);

/** The captured blobs of each hour, by "2013/07/01/09". */
export type BlobsByHour = ReadonlyMap<string, readonly CapturedBlob[]>;

const atOnce = 8;

/**
 * The counts of an hour; undefined where nothing was captured. A roll-up names the bytes that it counts, so that what
 * came late is found by the listing alone; it is used while it counts all that is listed, which may be more: raw rows
 * are kept for less time, and another instance may have listed later.
 */
export async function hourCounts(log: WatchedLog, hour: string, blobs: BlobsByHour): Promise<Counted | undefined> {
  const own = blobs.get(hour) ?? [];
  if (own.length === 0) return undefined;
  if (own.length === 1) return capturedPart(log, own[0]);
  return rolledUp(log, { kind: "hours", path: hour, covers: coveredByHour(own) }, () =>
    inOrder(own, atOnce, (blob) => capturedPart(log, blob)),
  );
}

/**
 * The counts of a day ("2013/07/01"). Where nothing is kept of its hours, they are counted without a part for each: a
 * new champion's weeks would else be made of a thousand objects that nobody reads again.
 */
export async function dayCounts(log: WatchedLog, day: string, blobs: BlobsByHour): Promise<Counted | undefined> {
  const hours = pathsWithin(day, blobs);
  const covers = coveredByHour(hours.flatMap((hour) => blobs.get(hour) ?? []));
  return rolledUp(log, { kind: "days", path: day, covers }, async () => {
    const kept = await keptOfDay(
      log,
      day,
      hours.flatMap((hour) => blobs.get(hour) ?? []),
    );
    return inOrder(hours, atOnce, (hour) => countsWithinDay(log, hour, blobs, kept));
  });
}

async function countsWithinDay(log: WatchedLog, hour: string, blobs: BlobsByHour, kept: ReadonlySet<string>) {
  if (kept.has(`${profileFolder(log, "hours")}/${hour}.json`)) return hourCounts(log, hour, blobs);
  const parts = await inOrder(blobs.get(hour) ?? [], atOnce, (blob) =>
    kept.has(partName(log, blob)) ? capturedPart(log, blob) : countedBlob(log, blob),
  );
  return parts.reduce(mergeCounted);
}

/** The names of the parts and hours of a day that are kept. */
async function keptOfDay(log: WatchedLog, day: string, blobs: readonly CapturedBlob[]): Promise<ReadonlySet<string>> {
  const versions = [...new Set(blobs.map(({ version }) => version))];
  const prefixes = [
    `${profileFolder(log, "hours")}/${day}/`,
    ...versions.map((version) => `${profileFolder(log, "parts")}/v${version}/${day}/`),
  ];
  const names = await inOrder(prefixes, atOnce, async (prefix) => {
    const found: string[] = [];
    for await (const { name } of log.blobs.list(profileContainer, prefix)) found.push(name);
    return found;
  });
  return new Set(names.flat());
}

/** The counts of a month ("2013/07"). */
export async function monthCounts(log: WatchedLog, month: string, blobs: BlobsByHour): Promise<Counted | undefined> {
  const covers = coveredByDay(pathsWithin(month, blobs).flatMap((hour) => blobs.get(hour) ?? []));
  return rolledUp(log, { kind: "months", path: month, covers }, () =>
    inOrder(daysOf(month), 1, (day) => dayCounts(log, day, blobs)),
  );
}

interface Unit {
  kind: ProfileKind;
  path: string;
  /** what is listed of it */
  covers: Record<string, number>;
}

async function rolledUp(
  log: WatchedLog,
  { kind, path, covers }: Unit,
  parts: () => Promise<(Counted | undefined)[]>,
): Promise<Counted | undefined> {
  const place = { container: profileContainer, name: `${profileFolder(log, kind)}/${path}.json` };
  const kept = await readDerived(log.blobs, place, rollUpDocument);
  if (kept && kept !== "damaged" && isUsable(log, kept) && coversAll(kept.covers, covers)) return kept.counted;
  const known = (await parts()).filter((part) => part !== undefined);
  if (known.length === 0) return undefined;
  const counted = known.reduce(mergeCounted);
  const rollUp = { binsHash: binsHash(log), covers, counted };
  await log.blobs.write(place.container, place.name, documentText(rollUpDocument, rollUp));
  return counted;
}

function coversAll(covers: Record<string, number>, listed: Record<string, number>): boolean {
  return Object.entries(listed).every(([name, bytes]) => (covers[name] ?? 0) >= bytes);
}

function coveredByHour(blobs: readonly CapturedBlob[]): Record<string, number> {
  return Object.fromEntries(
    blobs.map(({ hour, version, file, sizeBytes }) => [`${hour.slice(-2)}/v${version}/${file}`, sizeBytes]),
  );
}

function coveredByDay(blobs: readonly CapturedBlob[]): Record<string, number> {
  const covers: Record<string, number> = {};
  for (const { hour, version, sizeBytes } of blobs) {
    const name = `${hour.slice("2013/07/".length, -3)}/v${version}`;
    covers[name] = (covers[name] ?? 0) + sizeBytes;
  }
  return covers;
}

function pathsWithin(path: string, blobs: BlobsByHour): string[] {
  return [...blobs.keys()].filter((hour) => hour.startsWith(`${path}/`)).sort();
}

function daysOf(month: string): string[] {
  const [year, number] = month.split("/").map(Number);
  const count = new Date(Date.UTC(year, number, 0)).getUTCDate();
  return Array.from({ length: count }, (_, day) => `${month}/${String(day + 1).padStart(2, "0")}`);
}
