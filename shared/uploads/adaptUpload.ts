import { Worker } from "node:worker_threads";
import { AppError, type Failure, fromFailure, isAppError } from "../errors";
import { mentionsZipMap } from "../onnx/adaptGraph";
import { type ModelLimits, refuseWideModel } from "../onnx/modelLimits";
import { compiledFile } from "../packageRoot";
import type { ModelRuntime, RuntimeModel } from "../ports";
import { type Adapting, type AdaptStep, isServedAsItIs, labelBesideScores } from "./adaptSteps";
import type { UploadDescription } from "./uploadDescription";

/** An uploaded model as it will be served. */
export interface AdaptedUpload extends Adapting {
  runtimeModel: RuntimeModel;
}

const limitMs = 60_000;
/** a graph of many small nodes takes ten times its size */
const threadMemoryMb = 800;

/**
 * Loads a model and converts it to the form that is served: a ZipMap is removed, a softmax is added after logits, and a
 * label after probabilities without one. `known` are the use case's classes. AppError rejected says what is missing.
 */
export async function adaptUpload(
  { trialRuntime, modelLimits }: { trialRuntime: ModelRuntime; modelLimits: ModelLimits },
  uploaded: Uint8Array,
  description: UploadDescription | undefined,
  known: string[] | undefined,
): Promise<AdaptedUpload> {
  const asItIs: Adapting = { bytes: uploaded, classes: description?.classes, labelAdded: false, changes: [] };
  const found = mentionsZipMap(uploaded)
    ? await inThread({ kind: "withoutZipMap", bytes: uploaded, description })
    : asItIs;
  let first = found.changes.length > 0 ? found : asItIs;
  const runtimeModel = await trialRuntime.load(first.bytes);
  let adapted: Adapting | undefined;
  let isKept = false;
  try {
    refuseWideModel(runtimeModel, modelLimits);
    const { outputs } = runtimeModel;
    const labelOutput = first.classes === undefined ? labelBesideScores(outputs) : undefined;
    if (labelOutput !== undefined) first = await withNames(first, labelOutput);
    isKept = isServedAsItIs(outputs, description);
    if (isKept) return { ...first, runtimeModel };
    adapted = await inThread({ kind: "withClasses", found: first, outputs, description, known });
  } finally {
    if (!isKept) await runtimeModel.release();
  }
  return { ...adapted, runtimeModel: await trialRuntime.load(adapted.bytes) };
}

/** Adds the classes that the graph names; a graph that is too large to be read is served without them. */
async function withNames(found: Adapting, labelOutput: string): Promise<Adapting> {
  try {
    return await inThread({ kind: "namingClasses", found, labelOutput });
  } catch (error) {
    if (isAppError(error, "rejected")) return found;
    throw error;
  }
}

/** Makes a change off the event loop, which a large graph would block for seconds. */
function inThread(step: AdaptStep): Promise<Adapting> {
  const worker = new Worker(compiledFile("shared/uploads/adaptThread"), {
    workerData: step,
    resourceLimits: { maxOldGenerationSizeMb: threadMemoryMb },
  });
  const refusal = (what: string) =>
    new AppError(
      "rejected",
      `changing the graph takes more than ${what}: export it without a ZipMap, with a label output`,
    );
  return new Promise<Adapting>((resolve, reject) => {
    const timer = setTimeout(() => reject(refusal(`${limitMs / 1000} s`)), limitMs);
    worker.once("message", (reply: { outcome: Adapting } | { failure: Failure }) => {
      if ("outcome" in reply) resolve(reply.outcome);
      else reject(fromFailure(reply.failure));
    });
    worker.once("error", (error) => {
      const isFull = (error as NodeJS.ErrnoException).code === "ERR_WORKER_OUT_OF_MEMORY";
      reject(isFull ? refusal(`${threadMemoryMb} MB`) : error);
    });
    worker.once("exit", () => {
      clearTimeout(timer);
      reject(new Error("the thread that changes graphs ended without an answer"));
    });
  }).finally(() => worker.terminate());
}
