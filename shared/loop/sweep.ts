import type { AlertStore } from "../alerts/alertStore";
import type { DeliveryPorts } from "../alerts/deliveries/deliveryPorts";
import { sweepDeliveries } from "../alerts/deliveries/sweepDeliveries";
import { reportFailures } from "../alerts/failureAlert";
import { sweepAlerts } from "../alerts/sweepAlerts";
import { messageOf } from "../errors";
import { type SweepServicePorts, sweepService } from "./sweepService";

export interface SweepPorts extends Pick<DeliveryPorts, "tables" | "clock">, SweepServicePorts {
  queues: DeliveryPorts["queues"] & SweepServicePorts["queues"];
  alerts: AlertStore;
}

/** What cannot wait longer than a minute, by what it does; each is cheap where there is nothing to do. */
const works: Record<string, (ports: SweepPorts) => Promise<string[]>> = {
  "judge the newest requests": sweepService,
  // what it tells is then sent in the same minute
  "look at the times of alerts": sweepAlerts,
  "send again what was not delivered": sweepDeliveries,
};

const failedAlert = { subject: "tidegate", rule: "sweep-failed" };

/** Does every minute's work, each part by itself; returns a line for what was done and for what failed. */
export async function sweep(ports: SweepPorts): Promise<string[]> {
  const lines: string[] = [];
  const failures: string[] = [];
  for (const [what, work] of Object.entries(works)) {
    try {
      lines.push(...(await work(ports)));
    } catch (error) {
      failures.push(`could not ${what}: ${messageOf(error)}`);
    }
  }
  const summary = (first: string) => `what is due every minute could not all be done: ${first}`;
  await reportFailures(ports.alerts, failedAlert, failures, summary);
  return [...lines, ...failures];
}
