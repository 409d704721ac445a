import { blockingFailures, type CheckResult } from "../data/checkResult";
import { metricName } from "../evaluation/metricWords";
import { isBetter } from "../evaluation/selectionMetric";
import { figure, percent } from "../figure";
import { pinSentence } from "../registry/aliasPin";
import type { AliasState } from "../registry/aliasRow";
import type { GateVerdict, MetricDifference } from "../registry/modelVersion";
import { mayBeZero } from "../registry/notShownBetter";
import type { SelectionMetric } from "../usecase/selectionSpec";
import type { UsecaseSpec } from "../usecase/usecaseSpec";
import type { EvaluateOutcome } from "./workerTasks";

/** What the gate looks at. */
export interface GateEvidence {
  metric: SelectionMetric;
  /**
   * the hold-out's verdict on the version, beside each baseline's and the difference to "champion" where there is one
   */
  evaluation: Pick<EvaluateOutcome, "metrics" | "baselines" | "differences">;
  holdoutRows: number;
  /** of the data before training, and of the version's behaviour after it */
  checks: readonly CheckResult[];
  /** sentences about datasets that it learned from and that were withdrawn while it trained */
  withdrawnData: readonly string[];
  /** the champion to replace, and who keeps it where it is; undefined when there is none */
  champion?: Pick<AliasState, "version" | "pin">;
}

/** A sentence against the version, or one in its favour. */
interface Finding {
  against: boolean;
  sentence: string;
}

/** What the gate demands, in the order in which a refusal lists it. */
const demands: ((evidence: GateEvidence, gates: UsecaseSpec["gates"]) => Finding[])[] = [
  ({ withdrawnData }) => withdrawnData.map(fault),
  ({ checks }) => blockingFailures(checks).map(fault),
  championNotPinned,
  enoughRows,
  thresholdReached,
  everyBaselineBeaten,
  championBeaten,
];

export const championName = "champion";

/**
 * Decides whether a version becomes champion. Every baseline must be beaten on the selection metric; the first
 * champion's interval against them is reported, not required; replacing a champion needs an interval of the difference
 * that excludes zero, and no person who has pinned it.
 */
export function judge(evidence: GateEvidence, gates: UsecaseSpec["gates"]): GateVerdict {
  const findings = demands.flatMap((demand) => demand(evidence, gates));
  const faults = findings.filter(({ against }) => against);
  const notes = findings.filter(({ against }) => !against);
  return {
    decision: faults.length === 0 ? "promoted" : "refused",
    reasons: [...faults, ...notes].map(({ sentence }) => sentence),
  };
}

function fault(sentence: string): Finding {
  return { against: true, sentence };
}

function note(sentence: string): Finding {
  return { against: false, sentence };
}

function championNotPinned({ champion }: GateEvidence): Finding[] {
  return champion?.pin ? [fault(pinSentence(champion.version, champion.pin))] : [];
}

function enoughRows({ holdoutRows }: GateEvidence, { minHoldoutRows }: UsecaseSpec["gates"]): Finding[] {
  if (holdoutRows >= minHoldoutRows) return [];
  return [fault(`the hold-out has ${holdoutRows} rows; the gate asks for ${minHoldoutRows}`)];
}

function thresholdReached(evidence: GateEvidence, { threshold }: UsecaseSpec["gates"]): Finding[] {
  const value = metricOf(evidence, evidence.evaluation.metrics);
  if (threshold === undefined || !isBetter(evidence.metric, threshold, value)) return [];
  return [
    fault(`the ${metricName(evidence.metric)} of ${figure(value)} is worse than the threshold ${figure(threshold)}`),
  ];
}

function everyBaselineBeaten(evidence: GateEvidence): Finding[] {
  const { metric, evaluation } = evidence;
  const title = metricName(metric);
  const value = metricOf(evidence, evaluation.metrics);
  return Object.entries(evaluation.baselines).map(([name, metrics]) => {
    const baseline = metricOf(evidence, metrics);
    if (!isBetter(metric, value, baseline))
      return fault(`the ${title} of ${figure(value)} does not beat the ${name} baseline's ${figure(baseline)}`);
    const difference = intervalText(differenceTo(evidence, name));
    return note(`beats the ${name} baseline: ${title} ${figure(value)} against ${figure(baseline)}${difference}`);
  });
}

function championBeaten(evidence: GateEvidence): Finding[] {
  const { metric, champion } = evidence;
  const found = differenceTo(evidence, championName);
  if (found === undefined) {
    if (champion === undefined) return [];
    const reason = "its features or classes differ; move the alias by hand";
    return [fault(`cannot be compared with the champion, version ${champion.version}: ${reason}`)];
  }
  const interval = intervalText(found);
  if (isBetter(metric, found.difference, 0) && !mayBeZero(found)) return [note(`beats the champion${interval}`)];
  const isWorse = isBetter(metric, 0, found.difference) && !mayBeZero(found);
  return [fault(`is ${isWorse ? "worse" : "not clearly better"} than the champion${interval}`)];
}

function metricOf({ metric }: GateEvidence, metrics: Record<string, unknown>): number {
  return Number(metrics[metric]);
}

function differenceTo({ evaluation }: GateEvidence, name: string): MetricDifference | undefined {
  return evaluation.differences.find(({ against }) => against === name);
}

function intervalText(found: MetricDifference | undefined): string {
  if (found === undefined) return "";
  if (Number.isNaN(found.low))
    return `; difference ${figure(found.difference)}, for which one block of rows gives no interval`;
  const verdict = mayBeZero(found) ? "includes zero" : "excludes zero";
  return `; difference ${figure(found.difference)}, ${percent(found.confidence)} interval [${figure(found.low)}, ${figure(found.high)}] ${verdict}`;
}
