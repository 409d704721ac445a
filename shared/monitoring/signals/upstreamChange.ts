import { z } from "zod";
import { upstreamChangeRule } from "../../alerts/rules";
import { figure, percent } from "../../figure";
import type { Finding } from "../finding";
import type { CategoryProfile } from "../profile";
import { scheduleFields } from "../schedule";
import type { TrainingProfile } from "../trainingProfile";
import { type ColumnMean, columnMeans } from "../upstream/columnMeans";
import { fitUnits, type UnitFit } from "../upstream/fitUnits";
import { renamedCategory } from "../upstream/renamedCategory";
import { type UsualMeans, usualMeans } from "../upstream/usualMeans";
import type { WindowProfile } from "../windowProfile";
import { evaluated, notJudged, verdictOver } from "./evaluated";
import { newestRows } from "./newestRows";
import type { Evaluation, Signal, Watched } from "./signal";
import { signalDetails } from "./signalDetails";

const settings = z.strictObject({
  /** the newest captured rows of so many hours are judged: a day, since they are compared with training days */
  windowHours: z.number().min(1).default(24),
  /** while they are fewer than minRows, the window reaches further back, to at most so many hours */
  maxWindowHours: z.number().positive().default(72),
  minRows: z.int().min(1).default(30),
  enabled: z.boolean().default(true),
  ...scheduleFields("hourly"),
});

type UpstreamSettings = z.infer<typeof settings>;

/** Whether something changed where rows come from: a field that stopped, a unit that slipped, a renamed category. */
export const upstreamChange = {
  name: "upstream-change",
  settings,
  needs: ["captures", "trainingProfile"],
  document: signalDetails,
  evaluate,
} satisfies Signal<UpstreamSettings>;

async function evaluate(watched: Watched<UpstreamSettings>): Promise<Evaluation> {
  const { version, settings, at, model } = watched;
  const { window, from, hours } = await newestRows(watched, settings);
  const training = await watched.trainingProfile();
  const usual = usualMeans(training, await watched.reference());
  const common = {
    ...{ signal: upstreamChange.name, rule: upstreamChangeRule, severity: "error" as const, version },
    ...{ window: { from, to: at }, targetRows: window.rows },
    details: { settings, facts: { hours, comparedWith: usual.origin } },
  };
  if (window.rows < settings.minRows) {
    const reason = `${window.rows} rows were captured; ${settings.minRows} are needed (monitors.upstreamChange.minRows)`;
    return notJudged({ ...common, what: "Changes upstream", reason });
  }
  const means = columnMeans(training.bins, window.inputs, window.faults);
  const units = training.bins.map(({ name }) => model.inputs.find((input) => input.name === name)?.unit);
  const fit = fitUnits({ window: means, units, usual });
  const findings = training.bins.map((_bins, i) => judgeColumn({ training, window, means, usual, fit, units }, i));
  return evaluated({ ...common, ...verdictOver(findings), sentence: sentenceOf(findings), findings });
}

interface Evidence {
  training: TrainingProfile;
  window: WindowProfile;
  means: (ColumnMean | undefined)[];
  units: (string | undefined)[];
  usual: UsualMeans;
  fit: UnitFit;
}

function judgeColumn(evidence: Evidence, i: number): Finding {
  const { training, window } = evidence;
  const { name, type } = training.bins[i];
  const { count, missing } = training.profile.features[i];
  const counted = { targetRows: window.inputs.features[i].count, baselineRows: count };
  if (window.faults[i].missing >= window.rows && count > missing) return stopped(name, window, counted);
  if (type === "category") return judgeNames(evidence, i, counted);
  return judgeUnit(evidence, i, counted);
}

type Counted = Pick<Finding, "targetRows" | "baselineRows">;

function stopped(subject: string, { rows, unknownFields }: WindowProfile, counted: Counted): Finding {
  const instead = Object.entries(unknownFields)
    .filter(([, count]) => count > rows / 2)
    .map(([field]) => field.slice(0, 60));
  const renamed =
    instead.length === 0 ? "" : `, while "${instead[0]}" came, which the model does not know: was it renamed?`;
  return {
    ...{ subject, statistic: "rows with a value", value: 0, threshold: 0, thresholdOrigin: "none came" },
    ...{ verdict: "drift", reason: `stopped coming: none of the ${rows} rows has it${renamed}`, ...counted },
    more: { cause: "stopped", ...(instead.length > 0 && { unknownFields: instead }) },
  };
}

function judgeNames({ training, window }: Evidence, i: number, counted: Counted): Finding {
  const bins = training.bins[i];
  const now = window.inputs.features[i] as CategoryProfile;
  const told = { subject: bins.name, statistic: "share of a new name", threshold: null, ...counted };
  const origin = { thresholdOrigin: "share of the name that vanished" };
  if (bins.type !== "category") throw new Error(`${bins.name} is a number`);
  const unseen = window.unseenValues[bins.name] ?? {};
  const renamed = renamedCategory(bins, training.profile.features[i] as CategoryProfile, now, unseen);
  if (renamed === undefined) return { ...told, ...origin, value: 0, verdict: "ok" };
  const { from, to, share, trainingShare } = renamed;
  const reason = `"${from.slice(0, 60)}" vanished (${percent(trainingShare)} of the training rows) and "${to.slice(0, 60)}" came instead (${percent(share)}): it looks renamed`;
  return {
    ...told,
    ...origin,
    value: share,
    threshold: trainingShare,
    verdict: "drift",
    reason,
    more: { cause: "renamed", from, to },
  };
}

function judgeUnit({ training, means, usual, fit, units }: Evidence, i: number, counted: Counted): Finding {
  const { name } = training.bins[i];
  const at = usual.columns.indexOf(i);
  const found = means[i];
  const told = {
    subject: name,
    statistic: "shift / deviation",
    threshold: null,
    thresholdOrigin: usual.origin,
    ...counted,
  };
  if (found === undefined) return { ...told, value: null, verdict: "insufficient_data", reason: "no value is known" };
  if (at < 0)
    return { ...told, value: null, verdict: "ok", reason: "the training rows have one value: no unit can be fitted" };
  const value = (found.mean - usual.means[at]) / usual.deviations[at];
  const slip = fit.slips.find(({ column }) => column === i);
  const unit = units[i] === undefined || units[i] === "1" ? "" : ` ${units[i]}`;
  const more = {
    mean: found.mean,
    usualMean: usual.means[at],
    freeRatio: ratioOf(found.mean, usual.means[at]),
    freeOffset: found.mean - usual.means[at],
  };
  if (slip === undefined) return { ...told, value, verdict: "ok", more };
  const { conversion } = slip;
  const right = (found.mean - conversion.offset) / conversion.ratio;
  const reason = `looks like ${conversion.name}: its mean is ${figure(found.mean)}, which would be ${figure(right)}${unit}; ${figure(usual.means[at])} is usual`;
  return {
    ...told,
    value,
    verdict: "drift",
    reason,
    more: { ...more, cause: "unit", conversion: conversion.name, ratio: conversion.ratio, offset: conversion.offset },
  };
}

function ratioOf(mean: number, usual: number): number | null {
  return usual === 0 ? null : mean / usual;
}

function sentenceOf(findings: readonly Finding[]): string {
  const changed = findings.filter(({ verdict }) => verdict === "drift");
  if (changed.length === 0) return `Nothing points to a change upstream of the ${findings.length} inputs.`;
  const shown = changed.slice(0, 4).map(({ subject, reason }) => `${subject} ${reason}`);
  const more = changed.length > 4 ? `; and ${changed.length - 4} more` : "";
  return `${changed.length} of ${findings.length} inputs changed upstream: ${shown.join("; ")}${more}.`;
}
