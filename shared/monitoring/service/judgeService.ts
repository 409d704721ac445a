import { figure, percent } from "../../figure";
import type { Finding } from "../finding";
import { countOf, percentileMs, requestCounts, type ServiceProfile } from "../serviceProfile";
import type { ServiceLimits } from "./serviceLimits";

/** What the app counted of a model in a window, and on the days before. */
export interface ServiceWindow {
  minutes: number;
  profile: ServiceProfile;
  baseline: ServiceProfile;
  baselineMinutes: number;
  /** the fewest requests of a baseline day in the same hour, for so many minutes; 0 where too few days are known */
  expected: number;
}

/** Alerts about a service, by the conditions that raise them. */
type ServiceRule = "availability" | "failed-requests" | "response-time" | "exceptions" | "saturation";

/** What was judged, by the alert that it may raise. */
export type ServiceFindings = Record<ServiceRule, Finding[]>;

const unavailableStatuses = ["503", "504"];
/** a share of the days before is told from so many requests on */
const baselineRequests = 100;

/** Judges what was counted of a model. */
export function judgeModel(window: ServiceWindow, limits: ServiceLimits): Omit<ServiceFindings, "saturation"> {
  return {
    availability: [availability(window, limits)],
    "failed-requests": failedRequests(window, limits),
    "response-time": responseTimes(window, limits),
    exceptions: exceptions(window, limits),
  };
}

function availability(window: ServiceWindow, limits: ServiceLimits): Finding {
  const { profile, expected, minutes } = window;
  const { all } = requestCounts(profile);
  const { minAvailability, minRequests } = limits;
  if (all === 0 && expected >= limits.minExpected)
    return {
      ...{ subject: "requests", statistic: "requests", value: 0, threshold: Math.ceil(expected), targetRows: 0 },
      thresholdOrigin: `fewest requests in this hour of the days before, for ${minutes} minutes`,
      verdict: "drift",
      reason: `no request came in ${minutes} minutes; at this time of day there were at least ${figure(expected)} before`,
    };
  const away = unavailableStatuses.reduce((sum, status) => sum + (profile.requests[status] ?? 0), 0);
  const value = all === 0 ? null : 1 - away / all;
  return judged(
    { subject: "all", statistic: "share of requests that were served", value, threshold: minAvailability },
    { rows: all, needed: minRequests, origin: "limit", isBad: value !== null && value < minAvailability },
  );
}

function failedRequests({ profile, baseline }: ServiceWindow, limits: ServiceLimits): Finding[] {
  const now = requestCounts(profile);
  const before = requestCounts(baseline);
  const share = (part: "failed" | "refused", most: number): Finding => {
    const usual = before.all >= baselineRequests ? before[part] / before.all : 0;
    const threshold = Math.max(most, Math.min(1, limits.relativeFactor * usual));
    const value = now.all === 0 ? null : now[part] / now.all;
    const isBad = value !== null && value > threshold && now[part] >= limits.minFailures;
    const origin = threshold > most ? `${limits.relativeFactor} times the days before` : "limit";
    const statistic = part === "failed" ? "share of requests that failed" : "share of requests that were refused";
    return judged({ subject: part, statistic, value, threshold }, { rows: now.all, needed: 1, origin, isBad });
  };
  return [share("failed", limits.maxFailedShare), share("refused", limits.maxRefusedShare)];
}

const percentileNames = ["p50", "p95", "p99"] as const;
type PercentileName = (typeof percentileNames)[number];

function responseTimes({ profile, baseline }: ServiceWindow, limits: ServiceLimits): Finding[] {
  const rows = countOf(profile.latencies);
  const isKnown = countOf(baseline.latencies) >= baselineRequests;
  const shareOf = (name: PercentileName) => Number(name.slice(1)) / 100;
  // a percentile needs a few requests above it: with fewer it is left out, and keeps no alert open
  const told = percentileNames.filter((name) => rows < limits.minRequests || rows >= 1 / (1 - shareOf(name)) - 1e-6);
  return told.map((name) => {
    const share = shareOf(name);
    const most = limits.maxLatencyMs[name];
    const usual = isKnown ? percentileMs(baseline.latencies, share) : undefined;
    // what was usual tightens the limit, but a few slow requests of a fast model are not worth an alert
    const threshold = usual === undefined ? most : Math.min(most, Math.max(limits.relativeFactor * usual, most / 4));
    const value = percentileMs(profile.latencies, share) ?? null;
    const isBad = value !== null && value > threshold;
    const origin = threshold < most ? `${limits.relativeFactor} times the days before, at least ${most / 4}` : "limit";
    const needed = limits.minRequests;
    return judged({ subject: name, statistic: "response time, ms", value, threshold }, { rows, needed, origin, isBad });
  });
}

function exceptions({ profile, baseline, minutes, baselineMinutes }: ServiceWindow, limits: ServiceLimits): Finding[] {
  const isCounted = profile.minutes > 0 || requestCounts(profile).all > 0;
  const kinds = Object.keys(profile.exceptions);
  const total = (counts: Record<string, number>) => Object.values(counts).reduce((sum, count) => sum + count, 0);
  const one = (subject: string, value: number, before: number): Finding => {
    const usual = (before / baselineMinutes) * minutes;
    const threshold = Math.max(limits.maxExceptions, limits.relativeFactor * usual);
    const origin = threshold > limits.maxExceptions ? `${limits.relativeFactor} times the days before` : "limit";
    const told = { subject, statistic: "exceptions", value: isCounted ? value : null, threshold };
    return judged(told, { rows: requestCounts(profile).all, needed: 0, origin, isBad: value > threshold });
  };
  return [
    one("all", total(profile.exceptions), total(baseline.exceptions)),
    ...kinds.map((kind) => one(kind, profile.exceptions[kind], baseline.exceptions[kind] ?? 0)),
  ];
}

/** Judges the resources of the app as a whole. */
export function judgeApp(
  window: ServiceWindow,
  limits: ServiceLimits,
): Pick<ServiceFindings, "exceptions" | "saturation"> {
  const { profile } = window;
  const resource = (subject: string, statistic: string, value: number | undefined, threshold: number, samples = 1) =>
    judged(
      { subject, statistic, value: value ?? null, threshold },
      { rows: samples, needed: 1, origin: "limit", isBad: value !== undefined && value > threshold },
    );
  const delays = countOf(profile.loopDelays);
  const delay = percentileMs(profile.loopDelays, 0.99);
  const memory = profile.memoryBytes === 0 ? undefined : profile.memoryBytes / 2 ** 20;
  const starts = percentileMs(profile.startLatencies, 0.95);
  const queues = Object.entries(profile.queues).map(([queue, length]) =>
    resource(queue, "longest queue", length, queue.endsWith("-poison") ? 0 : limits.maxQueueLength),
  );
  return {
    exceptions: exceptions(window, limits),
    saturation: [
      ...(delay === undefined ? [] : [resource("event loop", "delay p99, ms", delay, limits.maxLoopDelayMs, delays)]),
      resource("memory", "largest process, MB", memory, limits.maxMemoryMb),
      ...(starts === undefined ? [] : [resource("cold start", "p95, ms", starts, limits.maxStartMs, profile.starts)]),
      ...queues,
    ],
  };
}

interface Judgement {
  rows: number;
  needed: number;
  origin: string;
  isBad: boolean;
}

function judged(
  told: Pick<Finding, "subject" | "statistic" | "value" | "threshold">,
  { rows, needed, origin, isBad }: Judgement,
): Finding {
  const common = { ...told, thresholdOrigin: origin, targetRows: rows };
  if (told.value === null || rows < needed)
    return { ...common, verdict: "insufficient_data", reason: `${rows} requests; ${Math.max(needed, 1)} are needed` };
  return { ...common, verdict: isBad ? "drift" : "ok" };
}

/** What a window was like, in a sentence or two. */
export function serviceSentence(findings: readonly Finding[], { profile, minutes }: ServiceWindow): string {
  const { all, failed } = requestCounts(profile);
  const slow = percentileMs(profile.latencies, 0.95);
  const times = slow === undefined ? "" : `, 95 % within ${figure(slow)} ms`;
  const usual = `${all} requests in ${minutes} minutes: ${failed} failed${times}.`;
  const wrong = findings.filter(({ verdict }) => verdict === "drift").map(wordsOf);
  return wrong.length === 0 ? usual : `${wrong.join("; ")}. ${usual}`;
}

/** What is wrong, in words. */
export function wordsOf({ subject, statistic, value, threshold, reason }: Finding): string {
  if (reason !== undefined) return reason;
  const isShare = statistic.startsWith("share");
  const [now, limit] = [value, threshold].map((one) => (isShare ? percent(one ?? 0) : figure(one ?? 0)));
  const name = subject === "all" || isShare ? statistic : `${subject}: ${statistic}`;
  return `${name} is ${now}, the limit ${limit}`;
}
