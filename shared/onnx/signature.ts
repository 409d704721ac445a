import { AppError } from "../errors";
import type { FeatureType } from "../featureTable";
import type { TensorInfo } from "../ports";
import type { FeatureDomain } from "./featureDomain";

/** How one named column of a request enters the graph: position `index` of the row in tensor `input`. */
export interface FeatureSlot {
  name: string;
  type: FeatureType;
  nullable: boolean;
  input: string;
  index: number;
  /** absent if the use case declares nothing, and for versions registered before it was kept */
  domain?: FeatureDomain;
}

/** What a model takes and returns; one signature validates every wire format. */
export interface ModelSignature {
  inputs: TensorInfo[];
  outputs: TensorInfo[];
  features: FeatureSlot[];
  /** output with the class label of each row; absent for regression */
  labelOutput?: string;
  /** output with one probability per class */
  probabilityOutput?: string;
  /** output with the predicted number; absent for classification */
  valueOutput?: string;
  /** classes in the order of the probability columns */
  classes?: string[];
}

/** A column the use case declares for a model that it trained or that was built for it. */
export interface DeclaredFeature {
  name: string;
  type: FeatureType;
  nullable: boolean;
  domain?: FeatureDomain;
}

/**
 * Reads the signature from the graph; with `declared` features (in signature order), columns get their names and shapes
 * must match.
 */
export function readSignature(
  graph: { inputs: TensorInfo[]; outputs: TensorInfo[] },
  declared?: DeclaredFeature[],
  classes?: string[],
): ModelSignature {
  const slots = graph.inputs.flatMap(slotsOf);
  const features = declared ? nameSlots(slots, declared) : slots;
  return { inputs: graph.inputs, outputs: graph.outputs, features, ...outputRoles(graph.outputs), classes };
}

function slotsOf(input: TensorInfo): FeatureSlot[] {
  const { name, shape, datatype } = input;
  const type = datatype === "BYTES" ? "category" : "number";
  const width = shape.length === 2 ? shape[1] : 1;
  if (shape.length === 0 || shape.length > 2 || width < 1 || (shape[0] !== -1 && shape[0] !== 1))
    throw new AppError(
      "rejected",
      `input "${name}" has the shape [${shape.join(", ")}]; a tabular model takes [rows, columns] with any number of rows and a fixed number of columns`,
    );
  return Array.from({ length: width }, (_, index) => ({
    name: width === 1 ? name : `${name}_${index}`,
    type,
    nullable: datatype === "FP32" || datatype === "FP64" || datatype === "BYTES",
    input: name,
    index,
  }));
}

function nameSlots(slots: FeatureSlot[], declared: DeclaredFeature[]): FeatureSlot[] {
  const take = (type: FeatureType) => slots.filter((slot) => slot.type === type)[Symbol.iterator]();
  const free: Record<FeatureType, Iterator<FeatureSlot>> = { number: take("number"), category: take("category") };
  const named = declared.map((feature) => {
    const slot: FeatureSlot | undefined = free[feature.type].next().value;
    if (slot === undefined) throw mismatch(slots, declared);
    const { name, nullable, domain } = feature;
    return { ...slot, name, nullable: nullable && slot.nullable, ...(domain && { domain }) };
  });
  if (named.length !== slots.length) throw mismatch(slots, declared);
  return named;
}

const typeWords: Record<FeatureType, { one: string; more: string }> = {
  number: { one: "number", more: "numbers" },
  category: { one: "category", more: "categories" },
};

function mismatch(slots: FeatureSlot[], declared: DeclaredFeature[]): AppError {
  const counted = Object.entries(typeWords).map(([type, { one, more }]) => {
    const count = slots.filter((slot) => slot.type === type).length;
    return `${count} ${count === 1 ? one : more}`;
  });
  const taken = counted.join(" and ");
  const named = declared.map(({ name, type }) => `${name} (${type})`).join(", ");
  return new AppError("rejected", `the graph takes ${taken}; the use case declares ${named}`);
}

function outputRoles(outputs: TensorInfo[]): Pick<ModelSignature, "labelOutput" | "probabilityOutput" | "valueOutput"> {
  const isLabel = ({ datatype }: TensorInfo) => datatype === "BYTES" || datatype === "INT64" || datatype === "INT32";
  const isReal = ({ datatype }: TensorInfo) => datatype === "FP32" || datatype === "FP64";
  const label = outputs.find(isLabel);
  const real = outputs.find(isReal);
  if (label) return { labelOutput: label.name, probabilityOutput: real?.name };
  if (real === undefined)
    throw new AppError("rejected", "the graph has neither a label output (string or integer) nor a float output");
  return { valueOutput: real.name };
}
