import { checkBehaviour } from "../checks/behaviourChecks";
import type { PreparedData } from "../data/preparedData";
import type { ModelSignature } from "../onnx/signature";
import type { ModelRuntime } from "../ports";
import type { CheckResult } from "../registry/modelVersion";
import { predictTable } from "../scoring/predictTable";
import type { Usecase } from "../usecase/loadUsecases";
import { modelOutput } from "./modelOutput";

/** The behaviour checks of a graph, as it will be served. */
export async function checkModel(
  runtime: ModelRuntime,
  { spec }: Usecase,
  prepared: PreparedData,
  { onnx, signature }: { onnx: Uint8Array; signature: ModelSignature },
): Promise<CheckResult[]> {
  const model = await runtime.load(onnx);
  try {
    return await checkBehaviour({
      predict: (table) => predictTable(model, signature, table),
      data: prepared,
      checks: spec.checks,
      metric: spec.selection.metric,
      outputOf: (rows, predictions) => modelOutput(prepared, rows, predictions, spec.decisionThreshold),
      nullable: signature.features.filter(({ nullable }) => nullable).map(({ name }) => name),
      seed: spec.seed,
    });
  } finally {
    await model.release();
  }
}
