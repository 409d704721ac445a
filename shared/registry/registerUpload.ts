import { createHash } from "node:crypto";
import { AppError, isAppError } from "../errors";
import type { AlertStore } from "../governance/alertStore";
import { refuseExternalData } from "../onnx/externalData";
import { type ModelLimits, refuseLargeModel, refuseWideModel } from "../onnx/modelLimits";
import { readSignature } from "../onnx/signature";
import type { ModelRuntime } from "../ports";
import { declaredFeatures } from "../usecase/declaredFeatures";
import type { Usecase } from "../usecase/loadUsecases";
import { labelClasses } from "../usecase/specTask";
import type { ModelRegistry } from "./modelRegistry";
import { modelName, type VersionDetails } from "./modelVersion";
import { smokeTest } from "./smokeTest";

export interface RegisterUploadPorts {
  usecases: Map<string, Usecase>;
  registry: ModelRegistry;
  /** where a model that nobody knows may be tried */
  runtime: ModelRuntime;
  modelLimits: ModelLimits;
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

/** Registers an ONNX model trained elsewhere once it has loaded and answered a smoke test; never promoted by itself. Safe to repeat. */
export async function registerUpload(ports: RegisterUploadPorts, upload: UploadedModel): Promise<UploadOutcome> {
  try {
    const sha256 = sha256Of(upload);
    const model = modelName.safeParse(upload.model);
    if (!model.success) throw new AppError("rejected", model.error.issues[0].message);
    const details = await examine(ports, upload);
    const outcome = await ports.registry.register({
      model: upload.model,
      bytes: upload.bytes,
      details,
      operation: `upload-${sha256.slice(0, 16)}`,
      actor: "blob trigger",
    });
    await ports.alerts.resolve(upload.model, rejectedRule, nameOf(upload));
    return { status: "registered", ...outcome };
  } catch (error) {
    if (!isAppError(error, "rejected")) throw error;
    return rejectUpload(ports, upload, error.message);
  }
}

/** The file as it lies in the inbox. */
function nameOf({ model, file }: UploadedModel): string {
  return model === "" ? file : `${model}/${file}`;
}

function sha256Of({ bytes }: UploadedModel): string {
  return createHash("sha256").update(bytes).digest("hex");
}

async function examine(ports: RegisterUploadPorts, { model, file, bytes }: UploadedModel): Promise<VersionDetails> {
  const usecase = ports.usecases.get(model);
  refuseLargeModel(bytes, ports.modelLimits);
  refuseExternalData(bytes);
  const runtimeModel = await ports.runtime.load(bytes);
  try {
    refuseWideModel(runtimeModel, ports.modelLimits);
    const declared = usecase && declaredFeatures(usecase.spec);
    const signature = readSignature(runtimeModel, declared, usecase && labelClasses(usecase.spec));
    return {
      signature: await smokeTest(runtimeModel, signature),
      gate: { decision: "not judged", reasons: ["trained elsewhere: move an alias by hand once you trust it"] },
      lineage: {
        source: "upload",
        uploadedAs: `${model}/${file}`,
        usecase: usecase?.spec.name,
        codeRevision: ports.codeRevision,
      },
    };
  } finally {
    await runtimeModel.release();
  }
}

/** Records a file as rejected in the model's audit trail and raises an alert. */
export async function rejectUpload(
  ports: Pick<RegisterUploadPorts, "registry" | "alerts">,
  upload: UploadedModel,
  reason: string,
): Promise<UploadOutcome> {
  const known = modelName.safeParse(upload.model).success;
  const subject = known ? upload.model : "tidegate";
  const sha256 = sha256Of(upload);
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
