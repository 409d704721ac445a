import { startTelemetry } from "../shared/azure/telemetry";
import { processConfig } from "../shared/config";

/** The process's configuration, and telemetry, which must start before anything is loaded that it should see. */
export const config = processConfig();
export const telemetry = startTelemetry(config.telemetry);
