import type { UsecaseSpec } from "../usecase/usecaseSpec";
import type { DatasetRegistry, DatasetVersion } from "./datasetRegistry";

/** The first and the last time of some rows, ISO. */
interface TimeSpan {
  from: string;
  to: string;
}

/**
 * What it means to drop bytes that a version already holds. "known": nothing new, or a late message about an old drop.
 * "withdrawn": a person took them out of use, and only a person brings them back. "perhaps news": dropped after later
 * versions, which may have replaced their rows.
 */
export async function judgeKnownBytes(
  datasets: DatasetRegistry,
  spec: UsecaseSpec,
  held: DatasetVersion,
  droppedAt: Date | undefined,
): Promise<"known" | "withdrawn" | "perhaps news"> {
  if (held.withdrawn) return isAfter(droppedAt, held.withdrawn.at) ? "withdrawn" : "known";
  const span = await datasets.spanOf(held, spec.time);
  if (span === undefined) return "known"; // without times, rows are kept as often as one version has them
  const later = await overlapping(datasets, spec, span, held.version);
  const newest = later
    .map((version) => version.droppedAt ?? version.createdAt)
    .sort()
    .at(-1);
  return newest !== undefined && isAfter(droppedAt, newest) ? "perhaps news" : "known";
}

/** Versions in use, newer than version `after`, whose rows lie within `span` in part. */
export async function overlapping(
  datasets: DatasetRegistry,
  spec: UsecaseSpec,
  { from, to }: TimeSpan,
  after = 0,
): Promise<DatasetVersion[]> {
  const found: DatasetVersion[] = [];
  for (const dataset of await datasets.usedVersions(spec.name)) {
    if (dataset.version <= after) continue;
    const span = await datasets.spanOf(dataset, spec.time);
    if (span === undefined || (span.from <= to && span.to >= from)) found.push(dataset);
  }
  return found;
}

/**
 * A drop at an unknown time may be an old one; so may one within the same second, which is as precise as storage's
 * times are.
 */
function isAfter(droppedAt: Date | undefined, time: string): boolean {
  return droppedAt !== undefined && droppedAt.getTime() > Date.parse(time);
}
