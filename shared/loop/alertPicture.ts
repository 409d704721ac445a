import { z } from "zod";
import type { Alert } from "../alerts/alert";
import type { MessagePicture } from "../alerts/message/alertMessage";
import { distributionPicture } from "../monitoring/distributionPicture";
import { trainingProfileDocument } from "../monitoring/profileDocument";
import { monitoringReference, referenceDocument } from "../monitoring/referenceDocument";
import type { TrainingProfile } from "../monitoring/trainingProfile";
import { ownValue } from "../ownValue";
import type { BlobStore } from "../ports";
import type { ModelRegistry } from "../registry/modelRegistry";
import type { ModelVersion } from "../registry/modelVersion";
import type { ColumnMasks } from "../usecase/columnMasks";
import type { Usecase } from "../usecase/loadUsecases";
import { championWindows } from "./championWindows";

export interface PicturePorts {
  blobs: BlobStore;
  registry: Pick<ModelRegistry, "version" | "document">;
  usecases: Map<string, Usecase>;
  masks: ColumnMasks;
}

/** The evidence of alerts about features in a window, whichever signal raises them. */
const aboutFeatures = z.object({
  version: z.number(),
  windowStart: z.iso.datetime(),
  windowEnd: z.iso.datetime(),
  features: z.array(z.string()).min(1),
  values: z.record(z.string(), z.object({ value: z.number().nullish(), threshold: z.number().nullish() })).default({}),
});

type AboutFeatures = z.infer<typeof aboutFeatures>;

/** A picture of the feature that moved most, at training and in the alert's window; undefined for other alerts. */
export async function alertPicture(
  { blobs, registry, usecases, masks }: PicturePorts,
  { subject, evidence }: Alert,
): Promise<MessagePicture | undefined> {
  const spec = usecases.get(subject)?.spec;
  const about = aboutFeatures.safeParse(evidence);
  if (spec === undefined || !about.success) return undefined;
  const version = await registry.version(subject, about.data.version);
  if (version.trainingProfile === undefined) return undefined;
  const training = await registry.document(trainingProfileDocument, version, version.trainingProfile);
  const documents = {
    trainingProfile: async () => training,
    reference: () => referenceOf(registry, version, training),
  };
  const windows = await championWindows({ blobs, registry, masks }, spec, version, documents);
  const range = { from: new Date(about.data.windowStart), to: new Date(about.data.windowEnd) };
  const { inputs } = await windows.read(range);
  const name = movedMost(about.data);
  const at = training.bins.findIndex((bins) => bins.name === name);
  return at < 0
    ? undefined
    : distributionPicture(training.bins[at], training.profile.features[at], inputs.features[at]);
}

/** Read as the monitors read it, so that what they counted of the capture serves here, too. */
async function referenceOf(registry: PicturePorts["registry"], version: ModelVersion, training: TrainingProfile) {
  if (version.reference === undefined) return undefined;
  return monitoringReference(await registry.document(referenceDocument, version, version.reference), training);
}

/** The feature whose value is farthest beyond its threshold; the first where none has both. */
function movedMost({ features, values }: AboutFeatures): string {
  const excess = (name: string) => {
    const { value, threshold } = ownValue(values, name) ?? {};
    return value != null && threshold ? value / threshold : 0;
  };
  return features.reduce((most, name) => (excess(name) > excess(most) ? name : most));
}
