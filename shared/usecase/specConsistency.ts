import type { z } from "zod";
import { ownValue } from "../ownValue";
import { checkExample } from "./checkExample";
import { checkChecks } from "./checksSpec";
import { checkDerived } from "./derivedSpec";
import { checkEvaluation } from "./evaluationSpec";
import type { SpecFault } from "./specFault";
import { classMetrics, type SpecFields, valueMetrics } from "./specFields";
import type { SpecRule } from "./specRule";
import { labelClasses, taskOf } from "./specTask";

/** What must hold between the fields of a spec. */
export const consistencyRules: readonly SpecRule[] = [
  { needs: ["columns"], check: checkColumns },
  { needs: ["columns", "time"], check: (spec, fault) => mustBe(spec, ["time"], spec.time, ["timestamp"], fault) },
  { needs: ["columns", "entity"], check: (spec, fault) => mustBe(spec, ["entity"], spec.entity, ["category"], fault) },
  {
    needs: ["columns", "label"],
    check: (spec, fault) => mustBe(spec, ["label", "column"], spec.label.column, ["category", "number"], fault),
  },
  { needs: ["columns", "split"], check: checkSplitColumn },
  { needs: ["columns", "derived", "features", "label", "horizonHours"], check: checkFeatures },
  { needs: ["sample", "example", "policies"], check: checkSample },
  { needs: ["columns", "derived", "features", "example"], check: checkExample },
  { needs: ["columns", "derived", "time"], check: checkDerived },
  { needs: ["columns", "time", "split", "horizonHours", "baselines"], check: checkTime },
  { needs: ["columns", "label"], check: checkLabel },
  { needs: ["columns", "label", "selection"], check: checkMetric },
  { needs: ["columns", "label", "baselines"], check: checkBaselines },
  { needs: ["columns", "label", "evaluation"], check: checkNumberLabel },
  { needs: ["columns", "label", "classWeights"], check: checkClassWeights },
  { needs: ["columns", "derived", "features", "label", "checks"], check: checkDeclaredChecks },
  { needs: ["candidates", "search"], check: checkSearch },
  {
    needs: ["columns", "derived", "time", "label", "horizonHours", "evaluation"],
    check: (spec, fault) => checkEvaluation(spec, labelClasses(spec), fault),
  },
  { needs: ["columns", "derived", "baselines"], check: checkRepeats },
];

/** Looks at all of them; each fault is added with its path. */
export function checkConsistency(spec: SpecFields, context: z.RefinementCtx): void {
  const fault: SpecFault = (path, message) => context.addIssue({ code: "custom", path, message });
  for (const { check } of consistencyRules) check(spec, fault);
}

function checkSplitColumn(spec: SpecFields, fault: SpecFault): void {
  if (spec.split.kind === "group") mustBe(spec, ["split", "column"], spec.split.column, ["category", "number"], fault);
}

function mustBe(
  spec: SpecFields,
  path: (string | number)[],
  column: string | undefined,
  types: string[],
  fault: SpecFault,
): void {
  if (column === undefined) return;
  const type = ownValue(spec.columns, column)?.type;
  if (type === undefined) fault(path, `"${column}" is not among the columns`);
  else if (!types.includes(type)) fault(path, `"${column}" is a ${type}; it must be ${types.join(" or ")}`);
}

function checkFeatures(spec: SpecFields, fault: SpecFault): void {
  for (const [i, feature] of spec.features.entries()) {
    if (!Object.hasOwn(spec.derived, feature)) mustBe(spec, ["features", i], feature, ["number", "category"], fault);
    if (spec.features.indexOf(feature) !== i) fault(["features", i], `"${feature}" is listed twice`);
    if (feature === spec.label.column && spec.horizonHours === undefined)
      fault(["features", i], `"${feature}" is the label itself; without a horizon it cannot be a feature`);
  }
}

function checkSample(spec: SpecFields, fault: SpecFault): void {
  if (spec.sample !== undefined && spec.example === undefined)
    fault(["example"], "a spec with a sample needs an example row, which the first start scores");
  if (spec.sample !== undefined && spec.policies.onNewData === "none")
    fault(["policies", "onNewData"], "a spec with a sample trains on new data: the first start waits for its run");
}

function checkDeclaredChecks(spec: SpecFields, fault: SpecFault): void {
  const isNumber = (feature: string) =>
    Object.hasOwn(spec.derived, feature) || ownValue(spec.columns, feature)?.type === "number";
  checkChecks(spec, taskOf(spec) === "regression" ? undefined : labelClasses(spec), isNumber, fault);
}

/** Lists in which a value stands twice, which is never meant. */
function checkRepeats(spec: SpecFields, fault: SpecFault): void {
  const once = (path: (string | number)[], values: readonly unknown[] = []) => {
    for (const [i, value] of values.entries())
      if (values.indexOf(value) !== i) fault([...path, i], `${JSON.stringify(value)} is listed twice`);
  };
  for (const [name, column] of Object.entries(spec.columns)) {
    if ("values" in column) once(["columns", name, "values"], column.values);
    if ("sentinels" in column) once(["columns", name, "sentinels"], column.sentinels);
  }
  for (const [name, derived] of Object.entries(spec.derived))
    if (derived.kind === "count") once(["derived", name, "values"], derived.values);
  once(["baselines"], spec.baselines);
}

function checkTime(spec: SpecFields, fault: SpecFault): void {
  if (spec.gates.blockDays !== undefined && (spec.time === undefined || spec.split.kind === "group"))
    fault(["gates", "blockDays"], "blocks of days need a time column, and a split that is not by group");
  if (spec.time === undefined) {
    if (spec.split.kind === "time") fault(["split", "kind"], "a time split needs a time column");
    if (spec.horizonHours !== undefined) fault(["horizonHours"], "a horizon needs a time column");
  } else if (spec.split.kind !== "time" && spec.horizonHours !== undefined) {
    fault(["split", "kind"], "rows with a horizon need a time split: a random one would leak the future");
  }
  if (spec.baselines?.includes("persistence") && spec.horizonHours === undefined)
    fault(["baselines"], "persistence needs a time column and a horizon");
  for (const [name, column] of Object.entries(spec.columns))
    if ("fillForwardHours" in column && column.fillForwardHours !== undefined && spec.time === undefined)
      fault(["columns", name, "fillForwardHours"], "filling forward needs a time column");
}

function checkColumns(spec: SpecFields, fault: SpecFault): void {
  for (const [name, column] of Object.entries(spec.columns)) {
    if (name.trim() !== name || name === "")
      fault(["columns", name], "a column name has no spaces around it and is not empty");
    if (column.type === "number" && column.min !== undefined && column.max !== undefined && column.min > column.max)
      fault(["columns", name, "min"], `${column.min} is above the maximum, ${column.max}`);
  }
}

function checkLabel(spec: SpecFields, fault: SpecFault): void {
  const column = ownValue(spec.columns, spec.label.column);
  if (column?.type !== "category") return;
  const raw = column.values;
  if (spec.label.mapping && raw)
    for (const value of raw)
      if (!Object.hasOwn(spec.label.mapping, value)) fault(["label", "mapping"], `no class for the value "${value}"`);
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

function checkMetric(spec: SpecFields, fault: SpecFault): void {
  const task = taskOf(spec);
  const metrics: readonly string[] = task === "regression" ? valueMetrics : classMetrics;
  if (!metrics.includes(spec.selection.metric))
    fault(["selection", "metric"], `${spec.selection.metric} is not for ${task}; use one of ${metrics.join(", ")}`);
}

function checkBaselines(spec: SpecFields, fault: SpecFault): void {
  if (spec.baselines === undefined) return;
  const task = taskOf(spec);
  const [constant, other] = task === "regression" ? (["mean", "majority"] as const) : (["majority", "mean"] as const);
  if (spec.baselines.includes(other)) fault(["baselines"], `${other} is not for ${task}; use ${constant}`);
  if (!spec.baselines.includes(constant)) fault(["baselines"], `${constant} must be among the baselines`);
}

/** What has no meaning where the label is a number. */
function checkNumberLabel(spec: SpecFields, fault: SpecFault): void {
  if (taskOf(spec) !== "regression") return;
  for (const field of ["mapping", "positive"] as const)
    if (spec.label[field] !== undefined) fault(["label", field], "the label is a number; there are no classes");
  if (spec.evaluation?.costs !== undefined)
    fault(["evaluation", "costs"], "the label is a number; there are no classes to decide between");
}

function checkClassWeights(spec: SpecFields, fault: SpecFault): void {
  if (spec.classWeights === undefined) return;
  if (taskOf(spec) === "regression") fault(["classWeights"], "the label is a number; there are no classes");
  const classes = labelClasses(spec) ?? [];
  if (typeof spec.classWeights === "object")
    for (const name of Object.keys(spec.classWeights))
      if (!classes.includes(name)) fault(["classWeights", name], `"${name}" is not among ${classes.join(", ")}`);
}

function checkSearch(spec: SpecFields, fault: SpecFault): void {
  for (const [at, { grid }] of spec.candidates.entries())
    for (const [name, values] of Object.entries(grid))
      for (const message of rangeFaults(spec.search, values)) fault(["candidates", at, "grid", name], message);
}

/** What is wrong with a range to draw from; nothing with a list. */
export function rangeFaults(search: SpecFields["search"], values: SpecFields["candidates"][number]["grid"][string]) {
  if (Array.isArray(values)) return [];
  const faults: string[] = [];
  if (search.kind === "grid")
    faults.push('a range needs a search that draws: set search.kind to "random" or "halving"');
  if (values.from >= values.to) faults.push(`the range ends at ${values.to}, which is not above ${values.from}`);
  if (values.scale === "log" && values.from <= 0) faults.push("a log scale needs a range above 0");
  return faults;
}
