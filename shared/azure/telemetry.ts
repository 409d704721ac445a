import type { Telemetry } from "../ports";

/** Telemetry without a receiver: the app runs, and says so once. */
export function noTelemetry(): Telemetry {
  return { event: () => {}, metric: () => {}, flush: async () => {} };
}
