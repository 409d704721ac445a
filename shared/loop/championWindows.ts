import { CaptureWindows } from "../capture/windows/captureWindows";
import { trainingProfileDocument } from "../monitoring/profileDocument";
import type { MonitoringReference } from "../monitoring/reference";
import { monitoringReference, referenceDocument } from "../monitoring/referenceDocument";
import type { TrainingProfile } from "../monitoring/trainingProfile";
import type { BlobStore } from "../ports";
import type { ModelRegistry } from "../registry/modelRegistry";
import type { ModelVersion } from "../registry/modelVersion";
import { capturedBodies } from "../serving/wire/registry";
import type { ColumnMask, ColumnMasks } from "../usecase/columnMasks";
import type { UsecaseSpec } from "../usecase/usecaseSpec";

export interface WindowPorts {
  blobs: BlobStore;
  registry: Pick<ModelRegistry, "alias" | "version" | "document">;
  masks: ColumnMasks;
}

/** What the version under watch keeps of its training; read when it is needed. */
interface ChampionDocuments {
  trainingProfile(): Promise<TrainingProfile>;
  reference(): Promise<MonitoringReference | undefined>;
}

/** What was captured of a use case's model, counted in the bins of its champion. */
export async function championWindows(
  { blobs, registry, masks }: { blobs: BlobStore; registry: Pick<ModelRegistry, "version">; masks: ColumnMasks },
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
    columns: { entity, time, known: new Set(Object.keys(columns)), ...masked(spec, masks.of(spec)) },
    bodies: capturedBodies,
    signatureOf: async (other) => (await registry.version(model, other)).signature,
  });
}

/** Texts are known again by their hashes; omitted cells and hashed numbers are not. */
function masked({ columns }: UsecaseSpec, masks: ReadonlyMap<string, ColumnMask>) {
  const isText = (name: string) => Object.hasOwn(columns, name) && columns[name].type === "category";
  const hashed = [...masks].filter(([name, { mode }]) => mode === "hash" && isText(name));
  const readable = new Set(hashed.map(([name]) => name));
  return {
    unreadable: new Set([...masks.keys()].filter((name) => !readable.has(name))),
    masked: Object.fromEntries(hashed.map(([name, { mask }]) => [name, (text: string) => String(mask(text))])),
  };
}

/** As `championWindows`, of the champion as it is now; undefined where none is watched. */
export async function currentWindows(ports: WindowPorts, spec: UsecaseSpec): Promise<CaptureWindows | undefined> {
  const { registry } = ports;
  const version = (await registry.alias(spec.name, "champion"))?.version;
  if (version === undefined) return undefined;
  const champion = await registry.version(spec.name, version);
  const { trainingProfile: profile, reference } = champion;
  if (profile === undefined) return undefined;
  const trainingProfile = () => registry.document(trainingProfileDocument, champion, profile);
  return championWindows(ports, spec, champion, {
    trainingProfile,
    reference: async () => {
      if (reference === undefined) return undefined;
      const kept = await registry.document(referenceDocument, champion, reference);
      return monitoringReference(kept, await trainingProfile());
    },
  });
}
