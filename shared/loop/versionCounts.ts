import { trainingProfileDocument } from "../monitoring/profileDocument";
import type { MonitoringReference } from "../monitoring/reference";
import { monitoringReference, referenceDocument } from "../monitoring/referenceDocument";
import type { TrainingProfile } from "../monitoring/trainingProfile";
import type { TimeRange, WindowProfile } from "../monitoring/windowProfile";
import type { BlobStore } from "../ports";
import type { ModelRegistry } from "../registry/modelRegistry";
import type { ColumnMasks } from "../usecase/columnMasks";
import type { Usecase } from "../usecase/loadUsecases";
import { championWindows } from "./championWindows";

export interface CountPorts {
  blobs: BlobStore;
  registry: Pick<ModelRegistry, "version" | "document">;
  usecases: Map<string, Usecase>;
  masks: ColumnMasks;
}

/** What a version was trained on and what was captured in a range, counted in the same bins. */
export interface VersionCounts {
  training: TrainingProfile;
  now: WindowProfile;
  /** undefined for versions that keep none */
  reference?: MonitoringReference;
}

/** Counts of the captured rows of a range beside a version's training rows; undefined where it has no profile. */
export async function versionCounts(
  { blobs, registry, usecases, masks }: CountPorts,
  model: string,
  number: number,
  range: TimeRange,
): Promise<VersionCounts | undefined> {
  const spec = usecases.get(model)?.spec;
  if (spec === undefined) return undefined;
  const version = await registry.version(model, number);
  if (version.trainingProfile === undefined) return undefined;
  const training = await registry.document(trainingProfileDocument, version, version.trainingProfile);
  // read as the monitors read it, so that what they counted of the capture serves here, too
  const reference =
    version.reference === undefined
      ? undefined
      : monitoringReference(await registry.document(referenceDocument, version, version.reference), training);
  const documents = { trainingProfile: async () => training, reference: async () => reference };
  const windows = await championWindows({ blobs, registry, masks }, spec, version, documents);
  return { training, now: await windows.read(range), ...(reference && { reference }) };
}
