import { checkBehaviour } from "../checks/behaviourChecks";
import type { CheckResult } from "../data/checkResult";
import type { PreparedData } from "../data/preparedData";
import { modelOutput } from "../evaluation/modelOutput";
import { float32Limits, limitsNumbers } from "../onnx/featureDomain";
import type { ModelSignature } from "../onnx/signature";
import type { ModelRuntime } from "../ports";
import { predictTable } from "../serving/predictTable";
import type { Usecase } from "../usecase/loadUsecases";

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
      ranges: rangesOf(signature),
      seed: spec.seed,
    });
  } finally {
    await model.release();
  }
}

function rangesOf({ features }: ModelSignature) {
  const limited = features.flatMap(({ name, type, domain }) =>
    type === "number" && domain && limitsNumbers(domain) ? [{ name, domain }] : [],
  );
  return new Map(limited.map(({ name, domain }) => [name, float32Limits(domain)]));
}
