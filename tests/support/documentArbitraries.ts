import fc from "fast-check";
import type { CheckResult } from "../../shared/data/checkResult";
import type { Profile } from "../../shared/monitoring/profile";
import type { FeatureDomain } from "../../shared/onnx/featureDomain";
import type { FeatureSlot, ModelSignature } from "../../shared/onnx/signature";
import type { TensorInfo } from "../../shared/ports";
import type { MetricDifference, VersionDetails, VersionSaving } from "../../shared/registry/modelVersion";
import { computed, count, freeFields, objects, real, text, texts } from "./documentSuite";

const few = { maxLength: 3 };
const reals = fc.array(computed, few);

export const checkResults: fc.Arbitrary<CheckResult[]> = fc.array(
  fc.record(
    {
      name: text,
      kind: fc.constantFrom("pre-train" as const, "post-train" as const),
      status: fc.constantFrom("passed" as const, "failed" as const, "warned" as const, "skipped" as const),
      severity: fc.constantFrom("block" as const, "warn" as const),
      summary: text,
      evidence: freeFields,
    },
    { noNullPrototype: true },
  ),
  few,
);

const tensors: fc.Arbitrary<TensorInfo[]> = fc.array(
  fc.record(
    { name: text, datatype: fc.constantFrom("FP32" as const, "BYTES" as const), shape: fc.array(fc.integer(), few) },
    { noNullPrototype: true },
  ),
  few,
);

const domain = objects<FeatureDomain>(["sentinels"], {
  min: real,
  max: real,
  sentinels: fc.array(fc.oneof(real, text), few),
  values: texts,
  levels: texts,
});

const slot = objects<FeatureSlot>(["name", "type", "nullable", "input", "index"], {
  name: text,
  type: fc.constantFrom("number" as const, "category" as const),
  nullable: fc.boolean(),
  input: text,
  index: count,
  domain,
});

export const signatures = objects<ModelSignature>(["inputs", "outputs", "features"], {
  inputs: tensors,
  outputs: tensors,
  features: fc.array(slot, few),
  labelOutput: text,
  probabilityOutput: text,
  valueOutput: text,
  classes: texts,
});

const difference: fc.Arbitrary<MetricDifference> = fc.record(
  { against: text, difference: computed, low: computed, high: computed, confidence: real },
  { noNullPrototype: true },
);

const plain = { noNullPrototype: true };
const thresholds = fc.array(fc.option(real), few);
const bin = fc.record(
  { low: computed, high: computed, rows: count, meanProbability: computed, frequency: computed },
  plain,
);
const bins = fc.array(bin, few);
const lift = fc.record(
  { part: count, rows: count, positives: computed, lift: computed, cumulativeGain: computed, cumulativeLift: computed },
  plain,
);
const curves = fc.record(
  {
    class: text,
    roc: fc.option(fc.record({ falsePositiveRate: reals, truePositiveRate: reals, thresholds }, plain)),
    precisionRecall: fc.option(fc.record({ precision: reals, recall: reals, thresholds }, plain)),
    calibration: fc.record(
      { equalWidth: bins, equalMass: bins, error: fc.record({ equalWidth: computed, equalMass: computed }, plain) },
      plain,
    ),
    lift: fc.array(lift, few),
  },
  plain,
);
const valueCurves = fc.record(
  {
    parts: fc.array(
      fc.record({ rows: count, meanPredicted: computed, meanObserved: computed, low: computed, high: computed }, plain),
      few,
    ),
    errors: fc.array(fc.record({ from: computed, to: computed, rows: count }, plain), few),
  },
  plain,
);
const saving = objects<VersionSaving>(["unit", "confidence", "model", "against"], {
  unit: text,
  confidence: real,
  model: objects<VersionSaving["model"]>(["costPerRow", "low", "high"], {
    threshold: real,
    costPerRow: computed,
    low: computed,
    high: computed,
  }),
  against: fc.array(
    objects<VersionSaving["against"][number]>(["name", "costPerRow", "saving", "low", "high"], {
      name: text,
      threshold: real,
      costPerRow: computed,
      saving: computed,
      low: computed,
      high: computed,
    }),
    few,
  ),
  thresholds: fc.record(
    {
      decided: real,
      theoretical: fc.option(real),
      bestOnHoldout: fc.record({ threshold: computed, costPerRow: computed }, plain),
    },
    plain,
  ),
});

type Holdout = "metrics" | "baselines" | "differences" | "intervals" | "resampling" | "curves" | "valueCurves";

/** What a version and the parts of an evaluation keep of a hold-out. */
export const holdoutSamples: {
  [K in Holdout | "slices" | "saving"]-?: fc.Arbitrary<NonNullable<VersionDetails[K]>>;
} = {
  metrics: freeFields,
  baselines: fc.dictionary(text, freeFields, { maxKeys: 2, noNullPrototype: true }),
  differences: fc.array(difference, few),
  intervals: fc.dictionary(
    text,
    fc.record({ value: computed, low: computed, high: computed, confidence: real }, plain),
    { maxKeys: 2, noNullPrototype: true },
  ),
  resampling: objects<NonNullable<VersionDetails["resampling"]>>(["unit", "blocks"], {
    unit: fc.constantFrom("row" as const, "group" as const, "day" as const),
    blockDays: real,
    blocks: count,
  }),
  curves: fc.array(curves, few),
  valueCurves,
  slices: fc.array(
    fc.record(
      {
        column: text,
        slice: text,
        rows: count,
        value: fc.option(real),
        low: fc.option(real),
        high: fc.option(real),
        worse: fc.boolean(),
      },
      plain,
    ),
    few,
  ),
  saving,
};

const counts = fc.array(count, few);
const neighbours = fc.record({ first: real, last: real, apart: computed }, plain);

const numbers = fc.record(
  {
    count,
    missing: count,
    min: fc.option(real),
    max: fc.option(real),
    sum: computed,
    sumSquares: computed,
    bins: counts,
    binSums: fc.array(computed, few),
    neighbours,
  },
  plain,
);
const categories = fc.record({ count, missing: count, levels: counts, unseen: count, neighbours }, plain);

/** Counts of some rows. */
export const profiles: fc.Arbitrary<Profile> = fc.record(
  { rows: count, features: fc.array(fc.oneof(numbers, categories), few) },
  plain,
);
