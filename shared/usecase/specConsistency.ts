import type { z } from "zod";
import { checkExample } from "./checkExample";
import { checkChecks } from "./checksSpec";
import { checkColumns, mustNameColumn } from "./columnSpec";
import { checkDerived } from "./derivedSpec";
import { checkEvaluation } from "./evaluationSpec";
import { checkClassWeights, checkLabel, checkNumberLabel } from "./labelSpec";
import { checkRetention } from "./retentionSpec";
import { checkSearch } from "./searchSpec";
import { checkBaselines, checkMetric } from "./selectionSpec";
import type { SpecFault } from "./specFault";
import type { SpecFields } from "./specFields";
import type { SpecRule } from "./specRule";
import { featureColumnTypes, featureType, labelClasses, taskOf } from "./specTask";
import { checkSplitColumn } from "./splitSpec";

/** What must hold between the fields of a spec. */
export const consistencyRules: readonly SpecRule[] = [
  { needs: ["columns"], check: checkColumns },
  {
    needs: ["columns", "time"],
    check: (spec, fault) => mustNameColumn(spec, ["time"], spec.time, ["timestamp"], fault),
  },
  {
    needs: ["columns", "entity"],
    check: (spec, fault) => mustNameColumn(spec, ["entity"], spec.entity, ["category"], fault),
  },
  {
    needs: ["columns", "label"],
    check: (spec, fault) => mustNameColumn(spec, ["label", "column"], spec.label.column, ["category", "number"], fault),
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
  { needs: ["retention"], check: checkRetention },
];

/** Looks at all of them; each fault is added with its path. */
export function checkConsistency(spec: SpecFields, context: z.RefinementCtx): void {
  const fault: SpecFault = (path, message) => context.addIssue({ code: "custom", path, message });
  for (const { check } of consistencyRules) check(spec, fault);
}

function checkFeatures(spec: SpecFields, fault: SpecFault): void {
  for (const [i, feature] of spec.features.entries()) {
    if (!Object.hasOwn(spec.derived, feature))
      mustNameColumn(spec, ["features", i], feature, featureColumnTypes, fault);
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
    (Object.hasOwn(spec.derived, feature) || Object.hasOwn(spec.columns, feature)) &&
    featureType(spec, feature) === "number";
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
