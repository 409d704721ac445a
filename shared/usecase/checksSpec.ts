import { z } from "zod";
import type { SpecFault } from "./specFault";

/** A failed check stops what it guards (training before it, promotion after it), or is only reported. */
const severity = z.enum(["block", "warn"]);
const cell = z.union([z.number(), z.string(), z.null()]);

const invariance = z.strictObject({
  /** changing this feature alone ... */
  feature: z.string(),
  /** ... to each of these values ... */
  values: z.array(cell).min(1),
  /** ... moves the prediction of no row by more than this */
  maxChange: z.number().min(0),
  severity: severity.default("block"),
});

const directional = z.strictObject({
  /** raising this number ... */
  feature: z.string(),
  by: z.number(),
  /** ... moves the prediction this way, or not at all ... */
  expect: z.enum(["up", "down"]),
  /** ... for at least this share of the rows */
  share: z.number().gt(0).max(1).default(0.9),
  severity: severity.default("block"),
});

const functionality = z.strictObject({
  name: z.string().min(1),
  /** feature -> value; features that are not named are missing */
  row: z.record(z.string(), cell),
  /** the label that the row must get */
  label: z.string().optional(),
  /** limits of its prediction: the probability that is watched, or the number */
  atLeast: z.number().optional(),
  atMost: z.number().optional(),
  severity: severity.default("block"),
});

/** What is checked of the data before training, and of a model's behaviour before it is registered. */
export const checksSpec = z.strictObject({
  /**
   * class whose probability is watched; by default the positive one of two, otherwise it must be named where a check
   * needs it
   */
  class: z.string().optional(),
  /**
   * one feature alone must not predict the label of the hold-out and of the training rows this well (area under the ROC
   * curve, or share of the variance)
   */
  leakage: z
    .strictObject({ limit: z.number().gt(0.5).max(1).default(0.999), severity: severity.default("block") })
    .prefault({}),
  /** every class has at least so many training rows */
  classBalance: z
    .strictObject({ minRows: z.int().min(1).default(20), severity: severity.default("warn") })
    .prefault({}),
  /**
   * hold-out rows with the features of a training row, which have its label more often than by chance: warns above
   * `maxShare` of all, blocks above `blockShare`; with a severity of its own, that from `maxShare` on
   */
  overlap: z
    .strictObject({
      maxShare: z.number().min(0).max(1).default(0.2),
      blockShare: z.number().min(0).max(1).default(0.5),
      severity: severity.optional(),
    })
    .prefault({}),
  /** expected calibration error over ten bins of equal mass */
  calibration: z
    .strictObject({ maxError: z.number().gt(0).default(0.1), severity: severity.default("warn") })
    .prefault({}),
  /** normal noise of this share of each number's deviation */
  noise: z
    .strictObject({
      share: z.number().gt(0).default(0.05),
      maxFlips: z.number().min(0).max(1).default(0.05),
      severity: severity.default("warn"),
    })
    .prefault({}),
  /**
   * each nullable feature missing in every row: predictions stay finite; the metric may get worse by this share of its
   * value
   */
  missingInputs: z
    .strictObject({ maxWorsening: z.number().gt(0).optional(), severity: severity.default("warn") })
    .prefault({}),
  invariance: z.array(invariance).default([]),
  directional: z.array(directional).default([]),
  minimumFunctionality: z.array(functionality).default([]),
});

export type ChecksSpec = z.infer<typeof checksSpec>;
export type Severity = z.infer<typeof severity>;

/** Finds checks of features, classes or labels that do not exist, and checks that need a class to watch. */
export function checkChecks(
  spec: { checks: ChecksSpec; features: string[] },
  classes: readonly string[] | undefined,
  isNumber: (feature: string) => boolean,
  fault: SpecFault,
): void {
  const { checks, features } = spec;
  const known = (path: (string | number)[], feature: string) => {
    if (!features.includes(feature)) fault(path, `"${feature}" is not among the features`);
  };
  for (const [i, { feature }] of checks.invariance.entries()) known(["checks", "invariance", i, "feature"], feature);
  for (const [i, { feature }] of checks.directional.entries()) {
    const path = ["checks", "directional", i, "feature"];
    known(path, feature);
    if (features.includes(feature) && !isNumber(feature))
      fault(path, `"${feature}" is not a number, so it cannot be raised`);
  }
  for (const [i, { row, label }] of checks.minimumFunctionality.entries()) {
    for (const feature of Object.keys(row)) known(["checks", "minimumFunctionality", i, "row", feature], feature);
    if (label !== undefined && !classes?.includes(label))
      fault(["checks", "minimumFunctionality", i, "label"], `"${label}" is not a class`);
  }
  if (checks.class !== undefined && !classes?.includes(checks.class))
    fault(["checks", "class"], `"${checks.class}" is not a class`);
  const watches =
    checks.invariance.length + checks.directional.length > 0 ||
    checks.minimumFunctionality.some(({ atLeast, atMost }) => atLeast !== undefined || atMost !== undefined);
  if (watches && checks.class === undefined && classes && classes.length > 2)
    fault(["checks", "class"], `name the class whose probability is watched: ${classes.join(", ")}`);
}
