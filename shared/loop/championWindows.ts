import { CaptureWindows } from "../capture/windows/captureWindows";
import type { MonitoringReference } from "../monitoring/reference";
import type { TrainingProfile } from "../monitoring/trainingProfile";
import type { BlobStore } from "../ports";
import type { ModelRegistry } from "../registry/modelRegistry";
import type { ModelVersion } from "../registry/modelVersion";
import { capturedBodies } from "../serving/wire/registry";
import type { UsecaseSpec } from "../usecase/usecaseSpec";

/** What the version under watch keeps of its training; read when it is needed. */
interface ChampionDocuments {
  trainingProfile(): Promise<TrainingProfile>;
  reference(): Promise<MonitoringReference | undefined>;
}

/** What was captured of a use case's model, counted in the bins of its champion. */
export async function championWindows(
  { blobs, registry }: { blobs: BlobStore; registry: Pick<ModelRegistry, "version"> },
  spec: UsecaseSpec,
  { version, signature }: ModelVersion,
  documents: ChampionDocuments,
): Promise<CaptureWindows> {
  const { name: model, entity, time, columns } = spec;
  const predictsNumbers = signature.valueOutput !== undefined;
  const reference = predictsNumbers ? await documents.reference() : undefined;
  return new CaptureWindows({
    blobs,
    model,
    version,
    signature,
    training: await documents.trainingProfile(),
    valueEdges: reference?.holdout.valueEdges,
    columns: { entity, time, known: new Set(Object.keys(columns)), unreadable: new Set() },
    bodies: capturedBodies,
    signatureOf: async (other) => (await registry.version(model, other)).signature,
  });
}
