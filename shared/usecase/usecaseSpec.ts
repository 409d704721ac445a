import { z } from "zod";
import { cardSpec } from "./cardSpec";
import { checkChecks, checksSpec } from "./checksSpec";
import { checkDerived, derivedSpec } from "./derivedSpec";
import { checkEvaluation, evaluationSpec } from "./evaluationSpec";

const name = z.string().regex(/^[a-z][a-z0-9-]{0,62}$/, "use a-z, 0-9 and - only, starting with a letter, at most 63");

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

const split = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("time"),
    /** first instant of the hold-out, UTC; rows before it (less one horizon) train */
    holdoutFrom: z.iso.datetime({ offset: true }),
    /** the hold-out is at most the newest so many days, so that training grows as rows arrive; without it, it starts at holdoutFrom for ever */
    holdoutDays: z.number().positive().optional(),
    /** expanding-window folds inside the training span, used to compare candidates */
    folds: z.int().min(1).max(20).default(3),
  }),
  z.strictObject({
    /** each class (of a number: each tenth of its values) has the same share of hold-out and folds */
    kind: z.literal("stratified"),
    holdoutFraction: z.number().gt(0).lt(0.9).default(0.25),
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
  /** every combination; `trials` drawn ones; or many drawn ones on few rows, of which the best third goes on to three times the rows */
  kind: z.enum(["grid", "random", "halving"]).default("grid"),
  /** how many combinations the drawing searches try */
  trials: z.int().min(1).max(500).default(20),
  /** halving: one of so many trials goes on */
  eta: z.int().min(2).max(10).default(3),
  /** takes the smallest model of the best learner within one standard error of the best */
  oneStandardError: z.boolean().default(true),
  /** one fit may take so long; a trial that takes longer is left out */
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
  minHoldoutRows: z.int().min(1).default(50),
  /** absolute limits on the selection metric, optional */
  threshold: z.number().optional(),
  confidence: z.number().gt(0.5).lt(1).default(0.95),
  bootstrapSamples: z.int().min(200).max(20_000).default(2000),
});

const drift = z.strictObject({
  /** the target window: the newest captured inputs of this many hours */
  windowHours: z.number().positive().default(24),
  minRows: z.int().min(1).default(100),
  /** numeric features: Wasserstein-1 divided by the training standard deviation */
  numericThreshold: z.number().positive().default(0.1),
  /** categorical features: debiased base-2 Jensen-Shannon distance */
  categoricalThreshold: z.number().positive().default(0.1),
  /** alert when at least this many features drift */
  minDriftedFeatures: z.int().min(1).default(1),
  enabled: z.boolean().default(true),
});

const policies = z.strictObject({
  onNewData: z.enum(["train", "none"]).default("train"),
  onDrift: z.enum(["retrain", "none"]).default("retrain"),
  /** hours between scheduled retraining runs; without it only new data and drift retrain */
  retrainEveryHours: z.number().positive().optional(),
  minNewLabelledRows: z.int().min(1).default(1),
  /** at most one drift-started run in this many hours */
  cooldownHours: z.number().min(0).default(6),
});

const shape = z.strictObject({
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
  monitors: z.strictObject({ drift: drift.prefault({}) }).prefault({}),
  policies: policies.prefault({}),
  card: cardSpec.prefault({}),
  checks: checksSpec.prefault({}),
  seed: z.int().min(0).default(1),
  /** path of a dataset, relative to the spec, that the first start drops as a demonstration */
  sample: z.string().optional(),
  /** one row (feature -> value) that the first start scores */
  example: z.record(z.string(), z.union([z.number(), z.string(), z.null()])).optional(),
});

type Shape = z.infer<typeof shape>;

/** What a use case predicts: one of several classes, or a number. */
export type Task = "classification" | "regression";

/** The task that the type of the label column decides. */
export function taskOf(spec: Pick<Shape, "columns" | "label">): Task {
  return spec.columns[spec.label.column]?.type === "number" ? "regression" : "classification";
}

const checkedShape = shape.superRefine((spec, context) => {
  const fault = (path: (string | number)[], message: string) => context.addIssue({ code: "custom", path, message });
  const typeOf = (column: string) => spec.columns[column]?.type;
  const mustBe = (path: (string | number)[], column: string, types: string[]) => {
    const type = typeOf(column);
    if (type === undefined) fault(path, `"${column}" is not among the columns`);
    else if (!types.includes(type)) fault(path, `"${column}" is a ${type}; it must be ${types.join(" or ")}`);
  };
  if (spec.time !== undefined) mustBe(["time"], spec.time, ["timestamp"]);
  if (spec.entity !== undefined) mustBe(["entity"], spec.entity, ["category"]);
  mustBe(["label", "column"], spec.label.column, ["category", "number"]);
  if (spec.split.kind === "group") mustBe(["split", "column"], spec.split.column, ["category", "number"]);
  for (const [i, feature] of spec.features.entries()) {
    if (!(feature in spec.derived)) mustBe(["features", i], feature, ["number", "category"]);
    if (spec.features.indexOf(feature) !== i) fault(["features", i], `"${feature}" is listed twice`);
    if (feature === spec.label.column && spec.horizonHours === undefined)
      fault(["features", i], `"${feature}" is the label itself; without a horizon it cannot be a feature`);
  }
  if (spec.sample !== undefined && spec.example === undefined)
    fault(["example"], "a spec with a sample needs an example row, which the first start scores");
  for (const feature of Object.keys(spec.example ?? {}))
    if (!spec.features.includes(feature)) fault(["example", feature], `"${feature}" is not among the features`);
  checkColumns(spec, fault);
  checkDerived(spec, fault);
  checkTime(spec, fault);
  checkLabel(spec, fault);
  checkTask(spec, fault);
  const isNumber = (feature: string) => feature in spec.derived || spec.columns[feature]?.type === "number";
  checkChecks(spec, taskOf(spec) === "regression" ? undefined : labelClasses(spec), isNumber, fault);
  checkSearch(spec, fault);
  checkEvaluation(spec, labelClasses(spec), fault);
});

/** The declaration of one use case: a folder's `usecase.json`, zod-checked, with every default filled in. */
export const usecaseSpec = checkedShape.transform((spec) => ({
  ...spec,
  baselines: spec.baselines ?? [taskOf(spec) === "regression" ? ("mean" as const) : ("majority" as const)],
}));

type Fault = (path: (string | number)[], message: string) => void;

function checkTime(spec: Shape, fault: Fault): void {
  if (spec.time === undefined) {
    if (spec.split.kind === "time") fault(["split", "kind"], "a time split needs a time column");
    if (spec.horizonHours !== undefined) fault(["horizonHours"], "a horizon needs a time column");
  } else if (spec.split.kind !== "time" && spec.horizonHours !== undefined) {
    fault(["split", "kind"], "rows with a horizon need a time split: a random one would leak the future");
  }
  if (spec.baselines?.includes("persistence") && spec.horizonHours === undefined)
    fault(["baselines"], "persistence needs a time column and a horizon");
  for (const [name, column] of Object.entries(spec.columns))
    if (column.type === "category" && column.fillForwardHours !== undefined && spec.time === undefined)
      fault(["columns", name, "fillForwardHours"], "filling forward needs a time column");
}

function checkColumns(spec: Shape, fault: Fault): void {
  for (const [name, column] of Object.entries(spec.columns)) {
    if (name.trim() !== name || name === "")
      fault(["columns", name], "a column name has no spaces around it and is not empty");
    if (column.type === "number" && column.min !== undefined && column.max !== undefined && column.min > column.max)
      fault(["columns", name, "min"], `${column.min} is above the maximum, ${column.max}`);
  }
}

function checkLabel(spec: Shape, fault: Fault): void {
  const column = spec.columns[spec.label.column];
  if (column?.type !== "category") return;
  const raw = column.values;
  if (spec.label.mapping && raw)
    for (const value of raw)
      if (!(value in spec.label.mapping)) fault(["label", "mapping"], `no class for the value "${value}"`);
  if (spec.label.mapping && raw)
    for (const value of Object.keys(spec.label.mapping))
      if (!raw.includes(value)) fault(["label", "mapping", value], `"${value}" is not among the column's values`);
  const classes = labelClasses(spec);
  if (classes === undefined)
    fault(["label"], "declare the column's values or a mapping, so that the classes are known");
  else if (classes.length < 2) fault(["label"], "at least two classes are needed");
  else if (classes.length === 2 && spec.label.positive === undefined)
    fault(["label", "positive"], `name the positive class: ${classes.join(" or ")}`);
  if (classes && spec.label.positive !== undefined && !classes.includes(spec.label.positive))
    fault(["label", "positive"], `"${spec.label.positive}" is not a class; the classes are ${classes.join(", ")}`);
}

/** How a feature enters a model. */
export function featureType(spec: Pick<UsecaseSpec, "columns" | "derived">, feature: string): string {
  return feature in spec.derived ? "number" : spec.columns[feature].type;
}

/** What fits only one of the two tasks. */
function checkTask(spec: Shape, fault: Fault): void {
  const task = taskOf(spec);
  const isNumber = task === "regression";
  const metrics: readonly string[] = isNumber ? valueMetrics : classMetrics;
  if (!metrics.includes(spec.selection.metric))
    fault(["selection", "metric"], `${spec.selection.metric} is not for ${task}; use one of ${metrics.join(", ")}`);
  const constant = isNumber ? "mean" : "majority";
  if (spec.baselines?.includes(isNumber ? "majority" : "mean"))
    fault(["baselines"], `${isNumber ? "majority" : "mean"} is not for ${task}; use ${constant}`);
  if (spec.baselines && !spec.baselines.includes(constant))
    fault(["baselines"], `${constant} must be among the baselines`);
  if (isNumber)
    for (const field of ["mapping", "positive"] as const)
      if (spec.label[field] !== undefined) fault(["label", field], "the label is a number; there are no classes");
  if (isNumber && spec.evaluation?.costs !== undefined)
    fault(["evaluation", "costs"], "the label is a number; there are no classes to decide between");
  if (isNumber && spec.classWeights !== undefined)
    fault(["classWeights"], "the label is a number; there are no classes");
  const classes = labelClasses(spec) ?? [];
  if (typeof spec.classWeights === "object")
    for (const name of Object.keys(spec.classWeights))
      if (!classes.includes(name)) fault(["classWeights", name], `"${name}" is not among ${classes.join(", ")}`);
}

function checkSearch(spec: Shape, fault: Fault): void {
  for (const [at, { grid }] of spec.candidates.entries())
    for (const [name, values] of Object.entries(grid)) {
      if (Array.isArray(values)) continue;
      const path = ["candidates", at, "grid", name];
      if (spec.search.kind === "grid")
        fault(path, 'a range needs a search that draws: set search.kind to "random" or "halving"');
      if (values.from >= values.to) fault(path, `the range ends at ${values.to}, which is not above ${values.from}`);
      if (values.scale === "log" && values.from <= 0) fault(path, "a log scale needs a range above 0");
    }
}

/** The classes of a spec's label in a fixed order (sorted; with two classes the positive one last). */
export function labelClasses(spec: Pick<Shape, "columns" | "label">): string[] | undefined {
  const column = spec.columns[spec.label.column];
  const raw = column?.type === "category" ? column.values : undefined;
  const all = spec.label.mapping ? Object.values(spec.label.mapping) : raw;
  if (!all) return undefined;
  const classes = [...new Set(all)].sort();
  const { positive } = spec.label;
  if (classes.length !== 2 || positive === undefined || classes[1] === positive) return classes;
  return classes.reverse();
}

export type UsecaseSpec = z.infer<typeof usecaseSpec>;
export type ColumnSpec = UsecaseSpec["columns"][string];
export type BaselineName = UsecaseSpec["baselines"][number];
export type CandidateGrid = UsecaseSpec["candidates"][number]["grid"];
export type SelectionMetric = (typeof selectionMetrics)[number];
