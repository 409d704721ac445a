import type { AlertChange } from "../../alerts/alertChange";
import { telemetryEvents, telemetryMetrics } from "../../telemetryNames";
import { dayMs, hourMs, startOfHour } from "../../time";
import type { Finding } from "../finding";
import { findingAlert } from "../findingAlerts";
import {
  judgeApp,
  judgeModel,
  type ServiceFindings,
  type ServiceWindow,
  serviceSentence,
  wordsOf,
} from "../service/judgeService";
import { type ServiceLimits, serviceLimits } from "../service/serviceLimits";
import { requestCounts } from "../serviceProfile";
import { verdictOver } from "./evaluated";
import type { Evaluation, Signal, Watched } from "./signal";
import { signalDetails } from "./signalDetails";

/** Whether a model's requests are answered, and how fast. */
export const service = {
  name: "service",
  settings: serviceLimits,
  needs: [],
  document: signalDetails,
  evaluate: async (watched) => (await evaluateService(watched)).evaluation,
} satisfies Signal<ServiceLimits>;

/** What the signal needs of what is watched: also where there is no champion. */
export type WatchedService = Pick<Watched<ServiceLimits>, "settings" | "at" | "service">;

const minuteMs = 60_000;
/** same hours of the days before that are needed to say that requests are expected */
const leastDays = 3;

/** What was found, and the rules of which everything was judged and nothing is wrong. */
export interface ServiceEvaluation {
  evaluation: Evaluation;
  clear: string[];
}

/** Judges a model's newest requests; of the app as a whole its resources instead (`ofApp`). */
export async function evaluateService(watched: WatchedService, ofApp = false): Promise<ServiceEvaluation> {
  const { settings, at } = watched;
  const from = new Date(at.getTime() - settings.windowMinutes * minuteMs);
  const window = await windowOf(watched, from, ofApp);
  const judged: Partial<ServiceFindings> = ofApp ? judgeApp(window, settings) : judgeModel(window, settings);
  const clear = Object.entries(judged).filter(([, ofRule]) => ofRule.every(({ verdict }) => verdict === "ok"));
  return { evaluation: evaluationOf(watched, from, window, judged), clear: clear.map(([rule]) => rule) };
}

function evaluationOf(
  { settings, at }: WatchedService,
  from: Date,
  window: ServiceWindow,
  judged: Partial<ServiceFindings>,
): Evaluation {
  const findings = Object.values(judged).flat();
  const targetRows = requestCounts(window.profile).all;
  const { verdict, reason } = verdictOver(findings);
  const about = { windowStart: from.toISOString(), windowEnd: at.toISOString(), targetRows };
  const { baselineMinutes, expected } = window;
  return {
    verdict,
    ...(reason !== undefined && { reason }),
    windowStart: from,
    targetRows,
    sentence: serviceSentence(findings, window),
    findings,
    details: { settings, facts: { baselineMinutes, expected, requests: window.profile.requests } },
    alerts: Object.entries(judged).map(([rule, ofRule]) => serviceAlert(rule, ofRule, about)),
    report: {
      event: telemetryEvents.signalChecked,
      measurements: { targetRows, drifted: findings.filter((one) => one.verdict === "drift").length },
      metrics: findings.flatMap(metricOf),
    },
  };
}

function serviceAlert(rule: string, findings: Finding[], about: Record<string, unknown>): AlertChange {
  const wrong = findings.filter(({ verdict }) => verdict === "drift");
  const severity = rule === "saturation" || rule === "exceptions" ? "warning" : "error";
  return findingAlert(findings, { rule, severity, summary: wrong.map(wordsOf).join("; "), about });
}

function metricOf({ subject, statistic, value }: Finding): Evaluation["report"]["metrics"] {
  if (value === null) return [];
  return [{ name: telemetryMetrics.signalValue, value, attributes: { signal: service.name, subject, statistic } }];
}

async function windowOf({ settings, at, service }: WatchedService, from: Date, ofApp: boolean): Promise<ServiceWindow> {
  const { windowMinutes: minutes, baselineDays } = settings;
  const today = Math.floor(at.getTime() / dayMs) * dayMs;
  const days = { from: new Date(today - baselineDays * dayMs), to: new Date(today) };
  const [profile, baseline] = await Promise.all([service({ from, to: at }), service(days)]);
  const isSilent = requestCounts(profile).all === 0 && !ofApp;
  const expected = isSilent && requestCounts(baseline).all > 0 ? await expectedRequests({ settings, at, service }) : 0;
  return { minutes, profile, baseline, baselineMinutes: baselineDays * (dayMs / minuteMs), expected };
}

/** The fewest requests of a baseline day in the hour of `at`, for the minutes of a window. */
async function expectedRequests({ settings, at, service }: WatchedService): Promise<number> {
  if (settings.baselineDays < leastDays) return 0;
  const hour = startOfHour(at.getTime());
  const counts: number[] = [];
  for (let day = 1; day <= settings.baselineDays; day++) {
    const from = hour - day * dayMs;
    counts.push(requestCounts(await service({ from: new Date(from), to: new Date(from + hourMs) })).all);
  }
  return (Math.min(...counts) * settings.windowMinutes) / 60;
}
