import { z } from "zod";
import { longList, objectOf } from "../documents";
import type { TensorInfo } from "../ports";
import type { FeatureDomain } from "./featureDomain";
import type { FeatureSlot, ModelSignature } from "./signature";

const tensor = objectOf<TensorInfo>({
  name: z.string(),
  datatype: z.enum(["FP32", "FP64", "INT64", "INT32", "BOOL", "BYTES"]),
  shape: z.array(z.number()),
});

const textList = longList((value) => typeof value === "string", "a text");

const domain = objectOf<FeatureDomain>({
  min: z.number().optional(),
  max: z.number().optional(),
  sentinels: z.array(z.union([z.number(), z.string()])),
  values: textList.optional(),
  levels: textList.optional(),
});

const slot = objectOf<FeatureSlot>({
  name: z.string(),
  type: z.enum(["number", "category"]),
  nullable: z.boolean(),
  input: z.string(),
  index: z.int().min(0),
  domain: domain.optional(),
});

/** A signature as documents keep it. */
export const modelSignature = objectOf<ModelSignature>({
  inputs: z.array(tensor),
  outputs: z.array(tensor),
  features: z.array(slot),
  labelOutput: z.string().optional(),
  probabilityOutput: z.string().optional(),
  valueOutput: z.string().optional(),
  classes: textList.optional(),
});
