import type { TimeRange } from "../monitoring/windowProfile";
import type { BlobStore } from "../ports";
import { dayMs, hourMs, hourPath } from "../time";

export const trafficContainer = "traffic";

/**
 * The entry of a model version and an hour (`2013/07/01/09`): who wants to know which models were asked of late looks
 * here, since the inference log is ordered by model.
 */
export function trafficEntry(folder: string, hour: string): string {
  return `${hour}/${folder}`;
}

const fewHours = 6;

/** The models that were asked in the whole hours (UTC) of a range: one listing a day, or an hour where they are few. */
export async function modelsWithTraffic(
  blobs: Pick<BlobStore, "list">,
  { from, to }: TimeRange,
): Promise<ReadonlySet<string>> {
  const isShort = to.getTime() - from.getTime() <= fewHours * hourMs;
  const [step, chars] = isShort ? [hourMs, "2013/07/01/09".length] : [dayMs, "2013/07/01".length];
  const [first, last] = [hourPath(from), hourPath(new Date(to.getTime() - 1))];
  const models = new Set<string>();
  for (let time = Math.floor(from.getTime() / step) * step; time < to.getTime(); time += step)
    for await (const { name } of blobs.list(trafficContainer, `${hourPath(new Date(time)).slice(0, chars)}/`)) {
      const [hour, model] = [name.slice(0, first.length), name.slice(first.length + 1).split("/")[0]];
      if (hour >= first && hour <= last) models.add(model);
    }
  return models;
}
