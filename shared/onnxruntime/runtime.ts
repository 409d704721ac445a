import type { InferenceSession, Tensor } from "onnxruntime-node";
import { AppError, messageOf } from "../errors";
import { ownValue } from "../ownValue";
import type { TensorInfo, TensorType, TensorValue } from "../ports";
import { predict } from "../serving/predict";
import type { ServingModel, ServingRuntime } from "../serving/servingModel";
import { loadFault } from "./loadFault";

const runtimeTypes: Record<string, TensorType> = {
  float32: "FP32",
  float64: "FP64",
  int64: "INT64",
  int32: "INT32",
  bool: "BOOL",
  string: "BYTES",
};
const tensorTypes = Object.fromEntries(Object.entries(runtimeTypes).map(([runtime, type]) => [type, runtime]));

/** Version of the ONNX Runtime package. */
export function onnxRuntimeVersion(): string {
  return (require("onnxruntime-node/package.json") as { version: string }).version;
}

/** A ServingRuntime on ONNX Runtime: one thread per session, plain errors wrapped, unusable models refused at load. */
export function createOnnxRuntime(): ServingRuntime {
  return { load };
}

async function load(bytes: Uint8Array): Promise<ServingModel> {
  const ort = await import("onnxruntime-node");
  let session: InferenceSession;
  try {
    session = await ort.InferenceSession.create(bytes, {
      intraOpNumThreads: 1,
      interOpNumThreads: 1,
      logSeverityLevel: 3,
    });
  } catch (error) {
    throw new AppError("rejected", loadFault(messageOf(error)), { cause: error });
  }
  try {
    return wrap(ort.Tensor, session);
  } catch (error) {
    await session.release();
    throw error;
  }
}

function wrap(TensorClass: typeof Tensor, session: InferenceSession): ServingModel {
  const outputs = session.outputMetadata.map((info) => tensorInfo(info, "output"));
  const inputs = session.inputMetadata.map((info) => tensorInfo(info, "input"));
  const model: ServingModel = {
    inputs,
    outputs,
    run: (feeds) => run(TensorClass, session, inputs, feeds),
    predict: (request, signature) => predict(model, request, signature),
    release: () => session.release(),
  };
  return model;
}

function tensorInfo(info: InferenceSession.ValueMetadata, side: string): TensorInfo {
  if (!info.isTensor)
    throw new AppError(
      "rejected",
      `${side} "${info.name}" is not a tensor; export the model without ZipMap (zipmap=False)`,
    );
  if (info.name === "__proto__") throw new AppError("rejected", `no ${side} can have the name "__proto__"; rename it`);
  const datatype = ownValue(runtimeTypes, info.type);
  if (datatype === undefined)
    throw new AppError("rejected", `${side} "${info.name}" has the element type ${info.type}, which is not supported`);
  return {
    name: info.name,
    datatype,
    shape: info.shape.map((size) => (typeof size === "number" && size >= 0 ? size : -1)),
  };
}

async function run(
  TensorClass: typeof Tensor,
  session: InferenceSession,
  inputs: TensorInfo[],
  values: Record<string, TensorValue>,
): Promise<Record<string, TensorValue>> {
  const feeds: Record<string, Tensor> = {};
  for (const { name } of inputs) {
    const value = values[name];
    feeds[name] = new TensorClass(tensorTypes[value.datatype] as "float32", value.data as Float32Array, value.shape);
  }
  try {
    const results = await session.run(feeds);
    const replies: Record<string, TensorValue> = {};
    for (const name of session.outputNames) {
      const { type, dims, data } = results[name];
      replies[name] = { datatype: runtimeTypes[type], shape: dims as number[], data: data as TensorValue["data"] };
    }
    return replies;
  } catch (error) {
    throw new AppError("internal", `the model failed at inference: ${messageOf(error)}`, { cause: error });
  }
}
