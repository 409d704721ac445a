import type { Telemetry } from "../ports";
import { telemetryMetrics } from "../telemetryNames";
import type { FollowFailure } from "./aliasFollower";

const pauseMs = 30_000;

/** Counts each failed read of an alias, and logs at most one line per alias every half minute. */
export function tellOfFailures(
  telemetry: Pick<Telemetry, "metric">,
  log: (line: string) => void,
  nowMs: () => number = () => performance.now(),
): (failure: FollowFailure) => void {
  const loggedAtMs = new Map<string, number>();
  return ({ model, alias, serving, reason }) => {
    telemetry.metric(telemetryMetrics.aliasReadFailures, 1, { model, alias });
    const key = `${alias} of ${model}`;
    const now = nowMs();
    if (now - (loggedAtMs.get(key) ?? Number.NEGATIVE_INFINITY) < pauseMs) return;
    loggedAtMs.set(key, now);
    const outcome = serving === undefined ? "no version answers for it" : `version ${serving} keeps answering`;
    log(`scoring: cannot read which version is the ${key}; ${outcome} (${reason})`);
  };
}
