import type { TimeRange } from "../../monitoring/windowProfile";
import type { BlobStore } from "../../ports";
import { dayMs, hourMs, hourPath, startOfHour } from "../../time";
import { captureContainer } from "../inferenceLog";
import { inOrder } from "./inOrder";

/** A blob of the inference log. */
export interface CapturedBlob {
  name: string;
  sizeBytes: number;
  /** that answered */
  version: number;
  /** "2013/07/01/09" */
  hour: string;
  /** the name without folders and ending: the process, and the number of its blob where it filled several */
  file: string;
}

const atOnce = 8;
/** where a range has more days of a month, the month is listed as a whole */
const fewDays = 3;

/** The captured blobs of a model in the whole hours (UTC) of a range, by hour; hours without are left out. */
export async function capturedBlobs(
  blobs: Pick<BlobStore, "list" | "folders">,
  model: string,
  range: TimeRange,
): Promise<Map<string, CapturedBlob[]>> {
  const versions: string[] = [];
  for await (const folder of blobs.folders(captureContainer, `${model}/`)) versions.push(folder);
  const prefixes = versions.flatMap((folder) => listedPeriods(range).map((period) => `${folder}${period}/`));
  const listed = await inOrder(prefixes, atOnce, async (prefix) => {
    const found: CapturedBlob[] = [];
    for await (const { name, sizeBytes } of blobs.list(captureContainer, prefix)) {
      const blob = blobOf(name, sizeBytes);
      if (blob) found.push(blob);
    }
    return found;
  });
  const [from, to] = [hourPath(range.from), hourPath(new Date(startOfHour(range.to.getTime() + hourMs - 1)))];
  const inRange = listed.flat().filter(({ hour }) => hour >= from && hour < to);
  return byHour(inRange);
}

function byHour(found: CapturedBlob[]): Map<string, CapturedBlob[]> {
  const hours = new Map<string, CapturedBlob[]>();
  for (const blob of found.sort((a, b) => a.version - b.version || (a.file < b.file ? -1 : 1))) {
    const hour = hours.get(blob.hour);
    if (hour === undefined) hours.set(blob.hour, [blob]);
    else hour.push(blob);
  }
  return hours;
}

/** `2013/07` or `2013/07/01`: one listing each. */
function listedPeriods({ from, to }: TimeRange): string[] {
  const daysOf = new Map<string, string[]>();
  for (let day = Math.floor(from.getTime() / dayMs) * dayMs; day < to.getTime(); day += dayMs) {
    const path = hourPath(new Date(day)).slice(0, "2013/07/01".length);
    const month = path.slice(0, "2013/07".length);
    daysOf.set(month, [...(daysOf.get(month) ?? []), path]);
  }
  return [...daysOf].flatMap(([month, days]) => (days.length > fewDays ? [month] : days));
}

const blobName = /^.+\/v(\d+)\/(\d{4}\/\d{2}\/\d{2}\/\d{2})\/([^/]+)\.jsonl$/;

function blobOf(name: string, sizeBytes: number): CapturedBlob | undefined {
  const [, version, hour, file] = blobName.exec(name) ?? [];
  return version === undefined ? undefined : { name, sizeBytes, version: Number(version), hour, file };
}
