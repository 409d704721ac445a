import { reportFailures } from "../alerts/failureAlert";
import { isAppError, messageOf } from "../errors";
import { windowSchedule } from "../monitoring/schedule";
import { hourMs } from "../time";
import { type StartRunPorts, startRun } from "../training/startRun";
import { truthContainer } from "../truth/truthStore";
import type { Usecase } from "../usecase/loadUsecases";
import { type RegisterInferencePorts, registerInference } from "./registerInference";

const policy = "the policy fromInference";
const failedAlert = { subject: "tidegate", rule: "inference-dataset-failed" };

/**
 * Registers what was scored since the schedule of the policy `fromInference` was due the time before, once for each
 * time, and starts the run that learns from it where the use case trains on new data. Use cases do not stop each other:
 * an alert names those that failed. Returns a line for each.
 */
export async function registerDueInference(ports: RegisterInferencePorts & StartRunPorts): Promise<string[]> {
  const lines: string[] = [];
  const failures: string[] = [];
  for (const usecase of ports.usecases.values()) {
    const { name } = usecase.spec;
    try {
      const line = await registerDue(ports, usecase);
      if (line !== undefined) lines.push(`${name}: ${line}`);
    } catch (error) {
      failures.push(`${name}: what was scored could not be registered: ${messageOf(error)}`);
    }
  }
  await reportFailures(ports.alerts, failedAlert, failures, (first) => first);
  return [...lines, ...failures];
}

/** A line about the window that is due; none where there is none, or it was registered before. */
async function registerDue(ports: RegisterInferencePorts & StartRunPorts, usecase: Usecase) {
  const { name, policies } = usecase.spec;
  const range = policies.fromInference && dueRange(policies.fromInference, ports.clock.now());
  if (range === undefined) return undefined;
  const [from, to] = [range.from, range.to].map((time) => time.toISOString());
  const done = `${name}/from-inference/${from}--${to}`;
  if ((await ports.blobs.stat(truthContainer, done)) !== undefined) return undefined;
  const became = await register(ports, usecase, range);
  await ports.blobs.create(truthContainer, done, "");
  return `what was scored from ${from} to ${to}: ${became}`;
}

/** From one time that the schedule was due to the next, both so many hours ago. */
function dueRange(settings: { schedule: string; timeZone: string; delayHours: number }, now: Date) {
  const schedule = windowSchedule(settings);
  const to = schedule.due(new Date(now.getTime() - settings.delayHours * hourMs));
  const [from] = to === undefined ? [] : schedule.ends(new Date(0), to, 1);
  return to === undefined || from === undefined ? undefined : { from, to };
}

async function register(
  ports: RegisterInferencePorts & StartRunPorts,
  usecase: Usecase,
  range: { from: Date; to: Date },
): Promise<string> {
  const { name, policies } = usecase.spec;
  try {
    const by = { actor: policy, reason: `due ${range.to.toISOString()}` };
    const { version, rows } = await registerInference(ports, usecase, range, by);
    if (policies.onNewData !== "train") return `version ${version}, ${rows} rows`;
    const { run } = await startRun(ports, { usecase: name, trigger: "new data", cause: `data-v${version}` });
    return `version ${version}, ${rows} rows, trained on by ${run.id}`;
  } catch (error) {
    if (!isAppError(error, "rejected")) throw error;
    return messageOf(error);
  }
}
