import type { AlertStore } from "../alerts/alertStore";
import { AppError, isAppError } from "../errors";
import { sha256Of } from "../ledger/verifiedBlobs";
import { type ModelLimits, refuseLargeModel } from "../onnx/modelLimits";
import type { BlobStore, ModelRuntime } from "../ports";
import type { ModelRegistry } from "../registry/modelRegistry";
import { modelName, type VersionDetails } from "../registry/modelVersion";
import type { Usecase } from "../usecase/loadUsecases";
import { labelClasses } from "../usecase/specTask";
import { adaptUpload } from "./adaptUpload";
import { smokeTest } from "./smokeTest";
import { descriptionName, readDescription } from "./uploadDescription";
import { uploadSignature } from "./uploadSignature";

export interface RegisterUploadPorts {
  usecases: Map<string, Usecase>;
  registry: ModelRegistry;
  /** where an untrusted model may be tried */
  trialRuntime: ModelRuntime;
  modelLimits: ModelLimits;
  /** of the inbox, where a model's description is stored next to it */
  blobs: BlobStore;
  alerts: AlertStore;
  codeRevision: string;
}

export interface UploadedModel {
  model: string;
  file: string;
  bytes: Uint8Array;
}

export type UploadOutcome =
  | { status: "registered"; version: number; created: boolean }
  | { status: "rejected"; reason: string };

const rejectedRule = "model-rejected";

/** Registers an ONNX model trained elsewhere once it has passed a smoke test; it is never promoted. Safe to repeat. */
export async function registerUpload(ports: RegisterUploadPorts, upload: UploadedModel): Promise<UploadOutcome> {
  try {
    const model = modelName.safeParse(upload.model);
    if (!model.success) throw new AppError("rejected", model.error.issues[0].message);
    const { bytes, details } = await examine(ports, upload);
    const outcome = await ports.registry.register({
      model: upload.model,
      bytes,
      details,
      operation: `upload-${(await sha256Of(bytes)).slice(0, 16)}`,
      actor: "blob trigger",
    });
    await ports.alerts.resolve(upload.model, rejectedRule, nameOf(upload));
    return { status: "registered", ...outcome };
  } catch (error) {
    if (!isAppError(error, "rejected")) throw error;
    return rejectUpload(ports, upload, error.message);
  }
}

/** The path of the file in the inbox. */
function nameOf({ model, file }: UploadedModel): string {
  return model === "" ? file : `${model}/${file}`;
}

/** The model as it will be registered, with its details. */
async function examine(
  ports: RegisterUploadPorts,
  upload: UploadedModel,
): Promise<{ bytes: Uint8Array; details: VersionDetails }> {
  const usecase = ports.usecases.get(upload.model);
  refuseLargeModel(upload.bytes, ports.modelLimits);
  const description = await readDescription(ports.blobs, upload);
  const known = usecase && labelClasses(usecase.spec);
  const adapted = await adaptUpload(ports, upload.bytes, description, known);
  const { bytes, runtimeModel, changes } = adapted;
  try {
    const signature = await smokeTest(runtimeModel, uploadSignature(adapted, description, usecase?.spec));
    if (adapted.labelAdded && signature.probabilityOutput === undefined) throw noProbabilities(upload.file);
    const lineage: VersionDetails["lineage"] = {
      source: "upload",
      uploadedAs: nameOf(upload),
      usecase: usecase?.spec.name,
      codeRevision: ports.codeRevision,
      ...(bytes !== upload.bytes && { uploadedSha256: await sha256Of(upload.bytes), changes }),
    };
    const gate = {
      decision: "not judged" as const,
      reasons: ["trained elsewhere: move an alias by hand once you trust it"],
    };
    return { bytes, details: { signature, gate, lineage } };
  } finally {
    await runtimeModel.release();
  }
}

function noProbabilities(file: string): AppError {
  return new AppError(
    "rejected",
    `the model answers each row with several numbers that are not probabilities; if they are logits, say so in ${descriptionName(file)} beside it, as {"output":"logits","classes":[...]}, and drop both again`,
  );
}

/** Records a file as rejected in the model's audit trail and raises an alert. */
export async function rejectUpload(
  ports: Pick<RegisterUploadPorts, "registry" | "alerts">,
  upload: UploadedModel,
  reason: string,
): Promise<UploadOutcome> {
  const known = modelName.safeParse(upload.model).success;
  const subject = known ? upload.model : "tidegate";
  const sha256 = await sha256Of(upload.bytes);
  const file = nameOf(upload);
  const short = await ports.registry.recordRejection(subject, { file, sha256, reason });
  await ports.alerts.raise({
    subject,
    rule: rejectedRule,
    severity: "warning",
    summary: `${upload.file} was rejected as a version of ${known ? upload.model : "a model with a bad name"}: ${short}`,
    evidence: { file, sha256, sizeBytes: upload.bytes.byteLength },
    file,
  });
  return { status: "rejected", reason: short };
}
