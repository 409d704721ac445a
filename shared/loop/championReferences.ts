import type { MonitoringReference } from "../monitoring/reference";
import { monitoringReference, referenceDocument } from "../monitoring/referenceDocument";
import type { TrainingProfile } from "../monitoring/trainingProfile";
import type { ModelRegistry } from "../registry/modelRegistry";
import type { ModelVersion } from "../registry/modelVersion";

type Reading = Promise<MonitoringReference>;

/** the champions that were watched last, by registry and by model, version and document */
const read = new WeakMap<ModelRegistry, Map<string, Reading>>();
const mostKept = 16;

/**
 * What a version is compared with, undefined where it keeps none. It stays in memory, since calibrations are made of it
 * and kept with it: they take longer than everything else that an evaluation does.
 */
export async function referenceOf(
  registry: ModelRegistry,
  version: ModelVersion,
  trainingProfile: () => Promise<TrainingProfile>,
): Promise<MonitoringReference | undefined> {
  const { reference, model, sha256, documents } = version;
  if (reference === undefined) return undefined;
  const kept = read.get(registry) ?? new Map<string, Reading>();
  read.set(registry, kept);
  const key = [model, version.version, sha256, reference, documents?.[reference]].join(" ");
  const known = kept.get(key);
  if (known !== undefined) return known;
  const reading = readReference(registry, version, reference, trainingProfile);
  reading.catch(() => kept.delete(key)); // told to whoever asked; the next one reads again
  const [oldest] = kept.keys();
  if (kept.size >= mostKept) kept.delete(oldest);
  kept.set(key, reading);
  return reading;
}

async function readReference(
  registry: ModelRegistry,
  version: ModelVersion,
  path: string,
  trainingProfile: () => Promise<TrainingProfile>,
): Promise<MonitoringReference> {
  return monitoringReference(await registry.document(referenceDocument, version, path), await trainingProfile());
}
