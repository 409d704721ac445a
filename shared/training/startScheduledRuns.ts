import type { AlertStore } from "../alerts/alertStore";
import { reportFailures } from "../alerts/failureAlert";
import type { DatasetRegistry } from "../data/datasetRegistry";
import { messageOf } from "../errors";
import { windowSchedule } from "../monitoring/schedule";
import { hourMs } from "../time";
import type { Usecase } from "../usecase/loadUsecases";
import { type StartRunPorts, startRun } from "./startRun";

export interface ScheduledRunPorts extends StartRunPorts {
  usecases: Map<string, Usecase>;
  datasets: DatasetRegistry;
  alerts: AlertStore;
}

/** a clock's time that was missed, because the app was away or the policy is new, is not made up for after so long */
const mostLateHours = 24;
/** less than the time between two calls of the timer */
const toleranceHours = 0.2;
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

/** A line about the runs that were started; none where none was. */
async function startIfDue(ports: ScheduledRunPorts, { spec }: Usecase, now: Date): Promise<string | undefined> {
  const cause = (await causeOfClock(ports, spec, now)) ?? (await causeOfAge(ports, spec, now));
  // asked last: most use cases are not due
  if (cause === undefined || (await ports.datasets.usedVersions(spec.name)).length === 0) return undefined;
  const { run, started } = await startRun(ports, { usecase: spec.name, trigger: "schedule", cause: cause.name });
  return started ? `started ${run.id}: ${cause.reason}` : undefined;
}

/** Names what a scheduled run is started by, once for each. */
interface Cause {
  name: string;
  reason: string;
}

/** The newest time that `retrainAt` came due, where no run was started by it yet. */
async function causeOfClock(
  { runs }: ScheduledRunPorts,
  { name, policies: { retrainAt: schedule, timeZone } }: Usecase["spec"],
  now: Date,
): Promise<Cause | undefined> {
  const due = schedule === undefined ? undefined : windowSchedule({ schedule, timeZone }).due(now);
  if (due === undefined || now.getTime() - due.getTime() > mostLateHours * hourMs) return undefined;
  const cause = `at-${due.toISOString().slice(0, "2013-07-01T11:00".length).replace(/[-:]/g, "")}`;
  if ((await runs.find(`${name}.${cause}`)) !== undefined) return undefined;
  return { name: cause, reason: `due at ${due.toISOString()} by the schedule "${schedule}" (${timeZone})` };
}

async function causeOfAge(
  { runs }: ScheduledRunPorts,
  { name, policies: { retrainEveryHours: hours } }: Usecase["spec"],
  now: Date,
): Promise<Cause | undefined> {
  if (hours === undefined) return undefined;
  const last = (await runs.list(name)).at(-1);
  const ageHours =
    last === undefined ? Number.POSITIVE_INFINITY : (now.getTime() - Date.parse(last.requestedAt)) / hourMs;
  // the timer never comes at the same millisecond
  if (ageHours < hours - toleranceHours) return undefined;
  const cause = `schedule-${now.toISOString().slice(0, 13).replace(/[-T]/g, "")}`;
  return { name: cause, reason: `the last run is older than ${hours} h` };
}
