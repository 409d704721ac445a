import type { z } from "zod";
import { checkChecks } from "./checksSpec";
import { checkDerived } from "./derivedSpec";
import { checkEvaluation } from "./evaluationSpec";
import { classMetrics, type SpecFields, valueMetrics } from "./specFields";
import { labelClasses, taskOf } from "./specTask";

type Fault = (path: (string | number)[], message: string) => void;

/** What must hold between the fields of a spec; each fault is added with its path. */
export function checkConsistency(spec: SpecFields, context: z.RefinementCtx): void {
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
  if (spec.sample !== undefined && spec.policies.onNewData === "none")
    fault(["policies", "onNewData"], "a spec with a sample trains on new data: the first start waits for its run");
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
}

function checkTime(spec: SpecFields, fault: Fault): void {
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

function checkColumns(spec: SpecFields, fault: Fault): void {
  for (const [name, column] of Object.entries(spec.columns)) {
    if (name.trim() !== name || name === "")
      fault(["columns", name], "a column name has no spaces around it and is not empty");
    if (column.type === "number" && column.min !== undefined && column.max !== undefined && column.min > column.max)
      fault(["columns", name, "min"], `${column.min} is above the maximum, ${column.max}`);
  }
}

function checkLabel(spec: SpecFields, fault: Fault): void {
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

/** What fits only one of the two tasks. */
function checkTask(spec: SpecFields, fault: Fault): void {
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

function checkSearch(spec: SpecFields, fault: Fault): void {
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
