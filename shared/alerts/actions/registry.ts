import type { z } from "zod";
import type { AlertAction } from "./action";
import { retrain } from "./retrain";

/** Every action that an alert can start. */
const registered = [retrain] as const;

type Registered = (typeof registered)[number];
type All<Union> = (Union extends unknown ? (one: Union) => void : never) extends (all: infer Both) => void
  ? Both
  : never;
type Fields = All<Registered["settings"]>;

/** The fields of a spec's `policies` that the actions have. */
export const actionPolicies = Object.assign({}, ...registered.map(({ settings }) => settings)) as Fields;

/** The part of a spec's `policies` that the actions read. */
export type ActionPolicies = z.infer<z.ZodObject<Fields>>;

/** What the app hands in, so that every action has what it needs. */
export type ActionParts = All<PartsOf<Registered>>;
type PartsOf<One> = One extends AlertAction<never, infer Parts> ? Parts : never;

export const actions: readonly AlertAction<ActionPolicies, ActionParts>[] = registered;
