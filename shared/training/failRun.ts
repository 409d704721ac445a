import type { AlertStore } from "../alerts/alertStore";
import type { Clock, Telemetry } from "../ports";
import { telemetryEvents } from "../telemetryNames";
import type { RunRecord } from "./runRecord";
import type { RunStore } from "./runStore";

export interface FailRunPorts {
  runs: RunStore;
  alerts: AlertStore;
  clock: Clock;
  telemetry: Telemetry;
}

/** Condition that lasts from a failed run of a use case to the next one that succeeds. */
export const runFailedRule = "run-failed";

/** Ends a run as failed, with the reason, and raises an alert; a run that has already ended stays as it is. */
export async function failRun(ports: FailRunPorts, runId: string, message: string): Promise<RunRecord> {
  const finishedAt = ports.clock.now().toISOString();
  const ended = await ports.runs.update(runId, { status: "failed", finishedAt, message: message.slice(0, 2000) });
  if (ended.finishedAt !== finishedAt) return ended;
  const { usecase, trigger } = ended;
  ports.telemetry.event(telemetryEvents.runFailed, { usecase, runId, trigger });
  await ports.alerts.raise({
    subject: usecase,
    rule: runFailedRule,
    severity: "warning",
    summary: `the run ${runId} failed: ${message.slice(0, 500)}`,
    evidence: { runId, trigger },
  });
  return ended;
}
