import type { WatchedInput, WatchedModel } from "../monitoring/signals/signal";
import type { FeatureSlot, ModelSignature } from "../onnx/signature";
import { ownValue } from "../ownValue";
import { taskOf } from "../usecase/specTask";
import type { UsecaseSpec } from "../usecase/usecaseSpec";

/** The model of a use case as its signals see it: its inputs and classes by the version's signature. */
export function watchedModel(spec: UsecaseSpec, { features, classes = [] }: ModelSignature): WatchedModel {
  return {
    name: spec.name,
    task: taskOf(spec),
    classes,
    ...(classes.length === 2 && { positive: classes[1] }),
    inputs: features.map((feature) => watchedInput(spec, feature)),
    slices: spec.evaluation?.slices ?? [],
    ...(spec.horizonHours !== undefined && { horizonHours: spec.horizonHours }),
    isSeries: spec.time !== undefined,
  };
}

function watchedInput({ columns }: UsecaseSpec, { name, type, nullable, domain }: FeatureSlot): WatchedInput {
  const column = ownValue(columns, name);
  const { min, max, sentinels = [], values } = domain ?? {};
  const unit = column?.type === "number" ? column.unit : undefined;
  const cyclic = column?.type === "number" ? column.cyclic : undefined;
  const limits = { ...(min !== undefined && { min }), ...(max !== undefined && { max }), ...(values && { values }) };
  return {
    name,
    type,
    nullable,
    sentinels,
    ...(unit !== undefined && { unit }),
    ...(cyclic !== undefined && { cyclic }),
    ...limits,
  };
}
