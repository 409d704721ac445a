import type { AlertStore } from "../alerts/alertStore";
import { reportFailures } from "../alerts/failureAlert";
import type { DatasetRegistry } from "../data/datasetRegistry";
import { messageOf } from "../errors";
import { hourMs } from "../time";
import type { Usecase } from "../usecase/loadUsecases";
import { type StartRunPorts, startRun } from "./startRun";

export interface ScheduledRunPorts extends StartRunPorts {
  usecases: Map<string, Usecase>;
  datasets: DatasetRegistry;
  alerts: AlertStore;
}

const failedAlert = { subject: "tidegate", rule: "schedule-failed" };

/**
 * Starts a run for every use case that has a dataset and whose own schedule is due. A use case that fails is reported
 * in an alert and does not stop the others. Returns a line for each run and each failure.
 */
export async function startScheduledRuns(ports: ScheduledRunPorts): Promise<string[]> {
  const lines: string[] = [];
  const failures: string[] = [];
  const now = ports.clock.now();
  for (const usecase of ports.usecases.values())
    try {
      const line = await startIfDue(ports, usecase, now);
      if (line !== undefined) lines.push(line);
    } catch (error) {
      failures.push(`could not start a scheduled run of ${usecase.spec.name}: ${messageOf(error)}`);
    }
  await reportFailures(ports.alerts, failedAlert, failures, (first) => first);
  return [...lines, ...failures];
}

async function startIfDue(ports: ScheduledRunPorts, { spec }: Usecase, now: Date): Promise<string | undefined> {
  const hours = spec.policies.retrainEveryHours;
  if (hours === undefined) return undefined;
  const last = (await ports.runs.list(spec.name)).at(-1);
  const ageHours =
    last === undefined ? Number.POSITIVE_INFINITY : (now.getTime() - Date.parse(last.requestedAt)) / hourMs;
  // the timer comes once an hour, never at the same millisecond
  if (ageHours < hours - 0.5 || (await ports.datasets.usedVersions(spec.name)).length === 0) return undefined;
  const cause = `schedule-${now.toISOString().slice(0, 13).replace(/[-T]/g, "")}`;
  const { run, started } = await startRun(ports, { usecase: spec.name, trigger: "schedule", cause });
  return started ? `started ${run.id}: the last run is older than ${hours} h` : undefined;
}
