import type { BlobInfo, BlobStore } from "../../ports";
import { hourPath } from "../../time";
import { captureContainer } from "../inferenceLog";
import { trafficContainer } from "../trafficIndex";
import { profileContainer } from "./watchedLog";

/** Blobs of one container, oldest first. */
export interface ExpiredBlobs {
  container: string;
  blobs: Pick<BlobInfo, "name" | "sizeBytes">[];
}

type Listing = Pick<BlobStore, "list" | "folders">;

/** more is left for the next time: an invocation has an end */
const mostAtATime = 20_000;

/** The models of which something is kept. */
export async function keptModels(store: Listing): Promise<string[]> {
  const models = new Set<string>();
  for (const container of [captureContainer, profileContainer])
    for await (const folder of store.folders(container, "")) models.add(folder.slice(0, -1));
  return [...models].sort();
}

/** The captured requests of a model before an instant that starts a day (UTC). */
export async function expiredCaptures(store: Listing, model: string, before: Date): Promise<ExpiredBlobs> {
  const folders = await foldersOf(store, captureContainer, `${model}/`);
  return { container: captureContainer, blobs: await olderThan(store, captureContainer, folders, before) };
}

/** The counts of a model's captured requests: by hour before one instant, by day and month before another. */
export async function expiredProfiles(
  store: Listing,
  model: string,
  { hours, days }: { hours?: Date; days?: Date },
): Promise<ExpiredBlobs> {
  const blobs: ExpiredBlobs["blobs"] = [];
  for (const version of await foldersOf(store, profileContainer, `${model}/`)) {
    const parts = await foldersOf(store, profileContainer, `${version}parts/`);
    // the first releases kept the parts of a version's own requests without a folder
    const byHour = [...parts, `${version}hours/`, version];
    if (hours) blobs.push(...(await olderThan(store, profileContainer, byHour, hours)));
    const byDay = [`${version}days/`, `${version}months/`];
    if (days) blobs.push(...(await olderThan(store, profileContainer, byDay, days)));
  }
  return { container: profileContainer, blobs: blobs.slice(0, mostAtATime) };
}

/** The entries of the traffic index before an instant. */
export async function expiredTraffic(store: Listing, before: Date): Promise<ExpiredBlobs> {
  return { container: trafficContainer, blobs: await olderThan(store, trafficContainer, [""], before) };
}

async function foldersOf(store: Listing, container: string, prefix: string): Promise<string[]> {
  const found: string[] = [];
  for await (const folder of store.folders(container, prefix)) found.push(folder);
  return found;
}

/** Names go on with a path of time, so that a listing starts with the oldest and ends early. */
async function olderThan(store: Listing, container: string, folders: string[], before: Date) {
  const limit = hourPath(before);
  const found: ExpiredBlobs["blobs"] = [];
  for (const folder of folders)
    for await (const { name, sizeBytes } of store.list(container, folder)) {
      const path = name.slice(folder.length);
      if (!isBefore(path, limit) || found.length >= mostAtATime) break;
      found.push({ name, sizeBytes });
    }
  return found;
}

/** Whether all that a path of time names ("2013/07.json", "2013/07/01/09/one.json") lies before the limit. */
function isBefore(path: string, limit: string): boolean {
  const digits = /^\d[\d/]*\d/.exec(path)?.[0] ?? "";
  return digits !== "" && digits < limit.slice(0, digits.length);
}
