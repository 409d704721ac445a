import type { AlertStore } from "../alerts/alertStore";
import { reportFailures } from "../alerts/failureAlert";
import { modelsWithTraffic } from "../capture/trafficIndex";
import { messageOf } from "../errors";
import type { Clock } from "../ports";
import { dayMs } from "../time";
import type { Usecase } from "../usecase/loadUsecases";
import { currentWindows, type WindowPorts } from "./championWindows";

export interface RollUpPorts extends WindowPorts {
  usecases: Map<string, Usecase>;
  alerts: AlertStore;
  clock: Clock;
  /** this instance's unwritten captures are written first */
  capture?: { flush(): Promise<void> };
}

/**
 * Counts what was captured since yesterday began, so that monitors find it counted. It may run twice, late or on ten
 * instances: what is kept names what it counts. Models without traffic cost nothing. Returns a line for each failure.
 */
export async function rollUpCaptures(ports: RollUpPorts): Promise<string[]> {
  if (ports.capture === undefined) return [];
  await ports.capture.flush();
  const to = ports.clock.now();
  const range = { from: new Date(Math.floor(to.getTime() / dayMs - 1) * dayMs), to };
  const models = await modelsWithTraffic(ports.blobs, range);
  const failures: string[] = [];
  for (const { spec } of ports.usecases.values()) {
    if (!models.has(spec.name)) continue;
    try {
      await (await currentWindows(ports, spec))?.read(range);
    } catch (error) {
      failures.push(`${spec.name}: what was captured could not be counted: ${messageOf(error)}`);
    }
  }
  const alert = { subject: "tidegate", rule: "roll-up-failed" };
  await reportFailures(ports.alerts, alert, failures, (first) => `captured requests could not be counted: ${first}`);
  return failures;
}
