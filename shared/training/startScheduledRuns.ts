import type { DatasetRegistry } from "../data/datasetRegistry";
import { hourMs } from "../time";
import type { Usecase } from "../usecase/loadUsecases";
import { type StartRunPorts, startRun } from "./startRun";

export interface ScheduledRunPorts extends StartRunPorts {
  usecases: Map<string, Usecase>;
  datasets: DatasetRegistry;
}

/** Starts a run for every use case that has a dataset and whose own schedule is due; returns a line for each. */
export async function startScheduledRuns(ports: ScheduledRunPorts): Promise<string[]> {
  const lines: string[] = [];
  const now = ports.clock.now();
  for (const { spec } of ports.usecases.values()) {
    const hours = spec.policies.retrainEveryHours;
    if (hours === undefined) continue;
    const last = (await ports.runs.list(spec.name)).at(-1);
    const ageHours =
      last === undefined ? Number.POSITIVE_INFINITY : (now.getTime() - Date.parse(last.requestedAt)) / hourMs;
    // the timer comes once an hour, never at the same millisecond
    if (ageHours < hours - 0.5 || (await ports.datasets.usedVersions(spec.name)).length === 0) continue;
    const cause = `schedule-${now.toISOString().slice(0, 13).replace(/[-T]/g, "")}`;
    const { run, started } = await startRun(ports, { usecase: spec.name, trigger: "schedule", cause });
    if (started) lines.push(`started ${run.id}: the last run is older than ${hours} h`);
  }
  return lines;
}
