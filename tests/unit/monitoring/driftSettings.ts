import type { DriftSettings } from "../../../shared/monitoring/driftSettings";

/** The settings that a spec has by default. */
export const driftSettings: DriftSettings = {
  windowHours: 24,
  maxWindowHours: 168,
  minRows: 100,
  numericThreshold: 0.1,
  categoricalThreshold: 0.1,
  missingThreshold: 0.05,
  minDriftedFeatures: 1,
  enabled: true,
};
