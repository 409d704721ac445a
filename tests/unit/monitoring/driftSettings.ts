import { driftSettings as schema } from "../../../shared/monitoring/driftSettings";

/** The settings that a spec has by default. */
export const driftSettings = schema.parse({});
