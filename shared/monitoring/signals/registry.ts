import { z } from "zod";
import { attributionDrift } from "./attributionDrift";
import { bias } from "./bias";
import { conceptDrift } from "./conceptDrift";
import { dataIntegrity } from "./dataIntegrity";
import { driftMagnitude } from "./driftMagnitude";
import { estimatedPerformance } from "./estimatedPerformance";
import { inputDrift } from "./inputDrift";
import { performance } from "./performance";
import { predictionDrift } from "./predictionDrift";
import { relations } from "./relations";
import { service } from "./service";
import type { Signal } from "./signal";
import { threat } from "./threat";
import { upstreamChange } from "./upstreamChange";

/** Every signal, by its section of a spec's `monitors`. */
const registered = {
  drift: inputDrift,
  dataIntegrity,
  upstreamChange,
  driftMagnitude,
  relations,
  threat,
  performance,
  predictionDrift,
  estimatedPerformance,
  conceptDrift,
  attributionDrift,
  bias,
  service,
} satisfies Record<string, Signal>;

export type MonitorSection = keyof typeof registered;
type Sections = { [S in MonitorSection]: z.ZodPrefault<(typeof registered)[S]["settings"]> };

export const signals = Object.entries<Signal>(registered) as [MonitorSection, Signal][];

/** A spec's `monitors`: the settings of every signal, each in its section. */
export const monitorsSpec = z.strictObject(
  Object.fromEntries(signals.map(([section, { settings }]) => [section, settings.prefault({})])) as Sections,
);
