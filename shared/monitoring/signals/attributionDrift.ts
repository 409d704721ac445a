import { z } from "zod";
import { figure, percent } from "../../figure";
import type { Finding } from "../finding";
import { normalTail } from "../noDrift";
import { scheduleFields } from "../schedule";
import { ndcg } from "../statistics/ndcg";
import { evaluated, hoursBefore, notJudged, spanText, verdictOver } from "./evaluated";
import type { AttributedRows, Evaluation, Signal, Watched, WatchedAttributions } from "./signal";
import { signalDetails } from "./signalDetails";

const settings = z.strictObject({
  /** rows captured in so many hours, of which some are explained */
  windowHours: z.int().min(1).default(168),
  /** explained rows that are needed */
  minRows: z.int().min(2).default(30),
  /** the least agreement of the ranking of inputs with that of training (NDCG, 1: the same) */
  minAgreement: z.number().min(0).max(1).default(0.9),
  /** an input's share of all attributions may change by so much */
  maxShareChange: z.number().gt(0).max(1).default(0.1),
  /** with which a change of a share is more than the draw of the explained rows explains */
  confidence: z.number().gt(0.5).lt(1).default(0.99),
  enabled: z.boolean().default(true),
  ...scheduleFields("daily"),
});

type AttributionSettings = z.infer<typeof settings>;

/** Whether the model relies on other inputs than it did on its training rows. */
export const attributionDrift = {
  name: "attribution-drift",
  settings,
  needs: ["captures", "trainingProfile"],
  document: signalDetails,
  evaluate,
} satisfies Signal<AttributionSettings>;

async function evaluate(watched: Watched<AttributionSettings>): Promise<Evaluation> {
  const { version, settings } = watched;
  const window = hoursBefore(watched, settings.windowHours);
  const found = await watched.attributions(window);
  const targetRows = found?.now.rows ?? 0;
  const common = {
    ...{ signal: "attribution-drift", rule: "attribution-drift", severity: "warning" as const },
    ...{ version, window, targetRows, details: { settings, facts: { method: found?.now.method ?? null } } },
  };
  const reason = missingOf(found, settings);
  if (found === undefined || reason !== undefined)
    return notJudged({ ...common, what: "What the model relies on", reason: reason ?? "" });
  const findings = judge(found, settings);
  return evaluated({ ...common, ...verdictOver(findings), sentence: sentenceOf(findings, settings), findings });
}

function missingOf(found: WatchedAttributions | undefined, { minRows, windowHours }: AttributionSettings) {
  if (found === undefined) return "no training rows were kept with this version, or any like it, to explain by";
  if (found.now.rows < minRows)
    return `${found.now.rows} rows captured in ${spanText(windowHours)} were explained; ${minRows} are needed (minRows)`;
  if (total(found.training) === 0 || total(found.now) === 0) return "the answers do not depend on any input";
  return undefined;
}

function judge({ features, training, now }: WatchedAttributions, settings: AttributionSettings): Finding[] {
  const [before, after] = [sharesOf(training), sharesOf(now)];
  const rows = { targetRows: now.rows, baselineRows: training.rows };
  const agreement = ndcg(before.shares, after.shares);
  const ranking: Finding = {
    ...{ subject: "all", statistic: "NDCG", value: agreement, threshold: settings.minAgreement, ...rows },
    thresholdOrigin: "setting",
    verdict: agreement < settings.minAgreement ? "drift" : "ok",
  };
  const z = normalTail((1 - settings.confidence) / 2 / Math.max(1, features.length));
  const changes = features.map((subject, i): Finding => {
    const value = after.shares[i] - before.shares[i];
    const reach = z * Math.hypot(after.errors[i], before.errors[i]);
    const isMoved = Math.abs(value) >= settings.maxShareChange && Math.abs(value) > reach;
    return {
      ...{ subject, statistic: "share change", value, interval: [value - reach, value + reach] },
      ...{ threshold: settings.maxShareChange, thresholdOrigin: "effect size", ...rows },
      verdict: isMoved ? "drift" : "ok",
      more: { share: after.shares[i], trainingShare: before.shares[i] },
    };
  });
  return [ranking, ...changes];
}

function total({ means }: AttributedRows): number {
  return means.reduce((sum, mean) => sum + mean, 0);
}

function sharesOf(rows: AttributedRows): { shares: number[]; errors: number[] } {
  const all = total(rows);
  return { shares: rows.means.map((mean) => mean / all), errors: rows.errors.map((error) => error / all) };
}

const shown = 3;

function sentenceOf(findings: Finding[], { windowHours }: AttributionSettings): string {
  const over = `over ${spanText(windowHours)}`;
  const [ranking, ...changes] = findings;
  const moved = changes.filter(({ verdict }) => verdict === "drift").sort((a, b) => reachOf(b) - reachOf(a));
  const texts = moved.slice(0, shown).map(({ subject, more = {} }) => {
    return `${subject} carries ${percent(more.share as number)} of the model's answers, ${percent(more.trainingShare as number)} at training`;
  });
  if (moved.length > shown) texts.push(`${moved.length - shown} more inputs changed`);
  if (ranking.verdict === "drift")
    texts.push(`the ranking of the inputs agrees with that of training by ${figure(ranking.value as number, 2)} of 1`);
  if (texts.length === 0) return `The model relies on the same inputs as at training (${over}).`;
  const text = texts.join("; ");
  return `${text.charAt(0).toUpperCase()}${text.slice(1)} (${over}).`;
}

function reachOf({ value }: Finding): number {
  return Math.abs(value ?? 0);
}
