import { metricName } from "../evaluation/metricWords";
import { isBetter } from "../evaluation/selectionMetric";
import { figure, percent } from "../figure";
import { type AliasPin, pinSentence } from "../registry/aliasPin";
import type { GateVerdict, MetricDifference } from "../registry/modelVersion";
import { mayBeZero } from "../registry/notShownBetter";
import type { SelectionMetric } from "../usecase/specFields";
import type { UsecaseSpec } from "../usecase/usecaseSpec";

/** What the gate looks at: hold-out values of the selection metric and intervals of the differences. */
export interface GateEvidence {
  metric: SelectionMetric;
  value: number;
  /** baseline name -> its value on the same rows */
  baselines: Record<string, number>;
  /** against each baseline, and against "champion" where there is one */
  differences: MetricDifference[];
  holdoutRows: number;
  /** version of the champion to replace; undefined when there is none */
  champion?: number;
  /** who keeps the champion where it is, and why */
  pin?: AliasPin;
  /** sentences of behaviour and data checks that failed and block */
  failedChecks: readonly string[];
}

export const championName = "champion";

/**
 * Decides whether a version becomes champion. Every baseline must be beaten on the selection metric; the first champion's interval
 * against them is told, not required; replacing a champion needs an interval of the difference that excludes zero,
 * and no person who has pinned it.
 */
export function judge(evidence: GateEvidence, gates: UsecaseSpec["gates"]): GateVerdict {
  const { metric, value, holdoutRows } = evidence;
  const title = metricName(metric);
  const faults: string[] = [...evidence.failedChecks];
  if (evidence.champion !== undefined && evidence.pin) faults.push(pinSentence(evidence.champion, evidence.pin));
  const notes: string[] = [];
  if (holdoutRows < gates.minHoldoutRows)
    faults.push(`the hold-out has ${holdoutRows} rows; the gate asks for ${gates.minHoldoutRows}`);
  if (gates.threshold !== undefined && isBetter(metric, gates.threshold, value))
    faults.push(`the ${title} of ${figure(value)} is worse than the threshold ${figure(gates.threshold)}`);
  for (const [name, baseline] of Object.entries(evidence.baselines)) {
    if (!isBetter(metric, value, baseline))
      faults.push(`the ${title} of ${figure(value)} does not beat the ${name} baseline's ${figure(baseline)}`);
    else
      notes.push(
        `beats the ${name} baseline: ${title} ${figure(value)} against ${figure(baseline)}${interval(evidence, name)}`,
      );
  }
  const champion = evidence.differences.find(({ against }) => against === championName);
  if (evidence.champion !== undefined && champion === undefined)
    faults.push(
      `cannot be compared with the champion, version ${evidence.champion}: its features or classes differ; move the alias by hand`,
    );
  if (champion) {
    const better = isBetter(metric, champion.difference, 0) && !mayBeZero(champion);
    if (better) notes.push(`beats the champion${interval(evidence, championName)}`);
    else {
      const isWorse = isBetter(metric, 0, champion.difference) && !mayBeZero(champion);
      faults.push(
        `is ${isWorse ? "worse" : "not clearly better"} than the champion${interval(evidence, championName)}`,
      );
    }
  }
  return { decision: faults.length === 0 ? "promoted" : "refused", reasons: [...faults, ...notes] };
}

function interval(evidence: GateEvidence, against: string): string {
  const found = evidence.differences.find((difference) => difference.against === against);
  if (found === undefined) return "";
  if (Number.isNaN(found.low))
    return `; difference ${figure(found.difference)}, whose interval one block of rows cannot tell`;
  const verdict = mayBeZero(found) ? "includes zero" : "excludes zero";
  return `; difference ${figure(found.difference)}, ${percent(found.confidence)} interval [${figure(found.low)}, ${figure(found.high)}] ${verdict}`;
}
