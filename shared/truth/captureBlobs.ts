import { captureContainer } from "../capture/inferenceLog";
import type { BlobInfo, BlobStore } from "../ports";
import { dayMs, hourMs, hourPath, startOfHour } from "../time";

/** What one process captured of a version in one hour. */
export interface CaptureBlob extends BlobInfo {
  version: number;
  /** "2013/07/01/09" */
  hour: string;
  /** the name without folders and ending */
  instance: string;
}

/** The hours (UTC) of a range, `to` exclusive, as paths. */
export function hoursOf({ from, to }: { from: Date; to: Date }): string[] {
  const hours: string[] = [];
  for (let at = startOfHour(from.getTime()); at < to.getTime(); at += hourMs) hours.push(hourPath(new Date(at)));
  return hours;
}

/** The start of the hour that a path names. */
export function hourOfPath(path: string): Date {
  const [year, month, day, hour] = path.split("/");
  return new Date(`${year}-${month}-${day}T${hour}:00:00Z`);
}

const longDays = 3;

/**
 * Paths that together hold some hours: of these hours if they are few, else of their days or their months, since one
 * listing of a month costs less than those of its days.
 */
export function pathsHolding(hours: Iterable<string>): string[] {
  const all = [...new Set(hours)];
  if (all.length <= 2) return all;
  const cut = new Set(all.map((hour) => hour.slice(0, "2013/07/01".length)));
  if (cut.size <= longDays) return [...cut];
  return [...new Set(all.map((hour) => hour.slice(0, "2013/07".length)))];
}

/** What was captured of a version in some hours. */
export async function captureBlobs(
  blobs: BlobStore,
  model: string,
  version: number,
  hours: readonly string[],
): Promise<CaptureBlob[]> {
  const wanted = new Set(hours);
  const found: CaptureBlob[] = [];
  const prefix = `${model}/v${version}/`;
  for (const path of pathsHolding(hours))
    for await (const blob of blobs.list(captureContainer, `${prefix}${path}/`)) {
      const hour = blob.name.slice(prefix.length, prefix.length + "2013/07/01/09".length);
      const instance = blob.name.slice(prefix.length + hour.length + 1).replace(/\.jsonl$/, "");
      if (wanted.has(hour)) found.push({ ...blob, version, hour, instance });
    }
  return found;
}

/** A range that reaches further at both ends, in hours. */
export function widened({ from, to }: { from: Date; to: Date }, before: number, after: number) {
  return { from: new Date(from.getTime() - before * hourMs), to: new Date(to.getTime() + after * hourMs) };
}

/** The newest days up to `now`. */
export function lastDays(now: Date, days: number) {
  return { from: new Date(now.getTime() - days * dayMs), to: new Date(now.getTime() + 1) };
}
