import { z } from "zod";
import { actionPolicies } from "../alerts/actions/registry";
import { monitorsSpec } from "../monitoring/signals/registry";
import { entityName, entityNameRule } from "../names";
import { cardSpec } from "./cardSpec";
import { checksSpec } from "./checksSpec";
import { derivedSpec } from "./derivedSpec";
import { evaluationSpec } from "./evaluationSpec";
import { limitsSpec } from "./limitsSpec";

const name = z.string().regex(entityName, entityNameRule);

const columnSpec = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("number"),
    /** unit of measurement, for people: "degC", "km/h" */
    unit: z.string().optional(),
    /** a value below makes the row's cell out of range */
    min: z.number().optional(),
    max: z.number().optional(),
    /** values that mean "missing" */
    sentinels: z.array(z.number()).default([]),
    /** what a value below min or above max does: it rejects the file, or counts as missing */
    outOfRange: z.enum(["reject", "missing"]).default("reject"),
    /** missing values are allowed */
    nullable: z.boolean().default(true),
    description: z.string().optional(),
  }),
  z.strictObject({
    type: z.literal("category"),
    /** the allowed values; without it any text is taken */
    values: z.array(z.string()).min(1).optional(),
    sentinels: z.array(z.string()).default([]),
    nullable: z.boolean().default(true),
    /** how many hours a missing value may be filled forward within an entity; features only, never labels */
    fillForwardHours: z.number().positive().optional(),
    description: z.string().optional(),
  }),
  z.strictObject({
    type: z.literal("timestamp"),
    /**
     * of the spec's time: what a row does that lies more than a day ahead of the clock: it rejects the file, or leaves
     * a note
     */
    future: z.enum(["reject", "warn"]).default("reject"),
    description: z.string().optional(),
  }),
]);

const label = z.strictObject({
  /** a category to tell (classification) or a number to estimate (regression) */
  column: z.string(),
  /** raw value -> class; without it the raw values are the classes */
  mapping: z.record(z.string(), z.string()).optional(),
  /** the class that precision, recall and areas speak of; required when there are two classes */
  positive: z.string().optional(),
});

const foldCount = z.int().min(1).max(20);

const timeFolds = z.strictObject({
  count: foldCount.default(3),
  /**
   * share of the training rows before the first fold's validation rows; by default 1 / (count + 1), or half where rows
   * grow denser in time
   */
  firstShare: z.number().gt(0).lt(1).optional(),
  /** a fold trains on everything before its validation rows, or on as many rows as the first fold */
  window: z.enum(["expanding", "sliding"]).default("expanding"),
});

const split = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("time"),
    /** first instant of the hold-out, UTC; rows before it (less one horizon) train */
    holdoutFrom: z.iso.datetime({ offset: true }),
    /**
     * the hold-out is at most the newest so many days, so that training grows as rows arrive; without it, it starts at
     * holdoutFrom for ever
     */
    holdoutDays: z.number().positive().optional(),
    /** folds inside the training span, used to compare candidates: how many, or how they lie */
    folds: z.union([foldCount, timeFolds]).default(3),
  }),
  z.strictObject({
    /** each class (of a number: each tenth of its values) has the same share of hold-out and folds */
    kind: z.literal("stratified"),
    holdoutFraction: z.number().gt(0).lt(0.9).default(0.25),
    /**
     * rows of equal features: copies of one, which stay in one part, or events of their own; by default as their labels
     * say
     */
    copies: z.enum(["together", "apart"]).optional(),
    folds: z.int().min(2).max(20).default(3),
  }),
  z.strictObject({
    /** rows of one group (a patient, a machine) stay together: the hold-out has groups that training never saw */
    kind: z.literal("group"),
    column: z.string(),
    holdoutFraction: z.number().gt(0).lt(0.9).default(0.25),
    /** leave one group out where there are no more groups than this, else so many folds of whole groups */
    folds: z.int().min(2).max(20).default(10),
  }),
]);

const gridValues = z.array(z.json()).min(1);
/** a continuous range to draw from, for the searches that draw */
const gridRange = z.strictObject({
  from: z.number(),
  to: z.number(),
  scale: z.enum(["linear", "log"]).default("linear"),
  integer: z.boolean().default(false),
});

const candidate = z.strictObject({
  learner: z.string(),
  /** parameter -> the values to try, or a range to draw from; with a grid search every combination is one trial */
  grid: z.record(z.string(), z.union([gridValues, gridRange])).default({}),
});

const search = z.strictObject({
  /**
   * every combination; `trials` drawn ones; or many drawn ones on few rows, of which the best third goes on to three
   * times the rows
   */
  kind: z.enum(["grid", "random", "halving"]).default("grid"),
  /** how many combinations the drawing searches try */
  trials: z.int().min(1).max(500).default(20),
  /** halving: one of so many trials goes on */
  eta: z.int().min(2).max(10).default(3),
  /** takes the smallest model of the best learner within one standard error of the best */
  oneStandardError: z.boolean().default(true),
  /** ... where that is worse by no more than this share of the best one's metric */
  oneStandardErrorCost: z.number().min(0).default(0.005),
  /** one fit may take so many seconds of processor time; a trial that takes more is left out */
  fitSeconds: z.number().positive().max(70).default(70),
});

export const classMetrics = [
  "brier",
  "logLoss",
  "rocAuc",
  "prAuc",
  "f1",
  "mcc",
  "accuracy",
  "balancedAccuracy",
] as const;
export const valueMetrics = ["rmse", "mae", "r2"] as const;
export const selectionMetrics = [...classMetrics, ...valueMetrics] as const;

const gates = z.strictObject({
  /** stop a version whose hold-out has fewer rows */
  minHoldoutRows: z.int().min(1).default(30),
  /** absolute limits on the selection metric, optional */
  threshold: z.number().optional(),
  confidence: z.number().gt(0.5).lt(1).default(0.95),
  /** intervals draw whole blocks of so many days; by default as long as the errors hang together */
  blockDays: z.number().positive().optional(),
  /** draws of an interval; fewer, but at least 400, where rows times draws would pass 40 million */
  bootstrapSamples: z.int().min(200).max(20_000).default(2000),
});

const policies = z.strictObject({
  onNewData: z.enum(["train", "none"]).default("train"),
  ...actionPolicies,
  /** hours between scheduled retraining runs; without it only new data and drift retrain */
  retrainEveryHours: z.number().positive().optional(),
  minNewLabelledRows: z.int().min(1).default(1),
});

const scoring = z.strictObject({
  /**
   * what a request's sentinel, number out of range or unknown category does: it counts as missing with a warning in the
   * reply, or refuses the request
   */
  invalid: z.enum(["warn", "reject"]).default("warn"),
});

/** Every field of a `usecase.json` by itself; what must hold between fields is in specConsistency.ts. */
export const specFields = z.strictObject({
  $schema: z.string().optional(),
  name,
  title: z.string().min(1),
  description: z.string().default(""),
  columns: z.record(z.string(), columnSpec),
  time: z.string().optional(),
  entity: z.string().optional(),
  label,
  /** the label is the state this many hours after the row; without it the row's own */
  horizonHours: z.number().positive().optional(),
  /** features that are computed, from the history of the row's entity or from one column; name -> how */
  derived: z.record(z.string().min(1), derivedSpec).default({}),
  /** model inputs in signature order: columns and derived features */
  features: z.array(z.string()).min(1),
  split,
  candidates: z.array(candidate).min(1),
  search: search.prefault({}),
  /** weight of each class in training: "balanced" gives every class the same sum */
  classWeights: z.union([z.literal("balanced"), z.record(z.string(), z.number().positive())]).optional(),
  selection: z.strictObject({ metric: z.enum(selectionMetrics) }),
  /** what a model must beat; by default the class frequencies, or for a number its mean */
  baselines: z.array(z.enum(["majority", "mean", "persistence"])).optional(),
  decisionThreshold: z.number().gt(0).lt(1).default(0.5),
  gates: gates.prefault({}),
  evaluation: evaluationSpec.optional(),
  scoring: scoring.prefault({}),
  monitors: monitorsSpec.prefault({}),
  policies: policies.prefault({}),
  limits: limitsSpec.prefault({}),
  card: cardSpec.prefault({}),
  checks: checksSpec.prefault({}),
  seed: z.int().min(0).default(1),
  /** path of a dataset, relative to the spec, that the first start drops as a demonstration */
  sample: z.string().optional(),
  /** one row (feature -> value) that the first start scores */
  example: z.record(z.string(), z.union([z.number(), z.string(), z.null()])).optional(),
});

export type SpecFields = z.infer<typeof specFields>;
export type SelectionMetric = (typeof selectionMetrics)[number];
