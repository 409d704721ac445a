import { z } from "zod";
import type { AlertAction } from "./action";
import { message } from "./message";
import { pause } from "./pause";
import { promote } from "./promote";
import { restart } from "./restart";
import { retrain } from "./retrain";
import { rollBack } from "./rollBack";
import { webhook } from "./webhook";

/** Every action that an alert can start. */
const registered = [retrain, promote, rollBack, pause, restart, webhook, message] as const;

type Registered = (typeof registered)[number];
type All<Union> = (Union extends unknown ? (one: Union) => void : never) extends (all: infer Both) => void
  ? Both
  : never;

/** What the app hands in, so that every action has what it needs. */
export type ActionParts = All<PartsOf<Registered>>;
type PartsOf<One> = One extends AlertAction<never, infer Parts> ? Parts : never;

export type AnyAction = AlertAction<never, ActionParts>;

export const actions: readonly AnyAction[] = registered;

/** A step of a policy: one action, and how it is done. */
export interface ActionStep {
  do: string;
  /** manual: only after a person approved it */
  approval: "none" | "manual";
  cooldownHours?: number;
  [setting: string]: unknown;
}

const steps = actions.map(({ kind, settings }) =>
  z.strictObject({
    do: z.literal(kind),
    approval: z.enum(["none", "manual"]).default("none"),
    /** at most one in this many hours for a subject; without it the action's own */
    cooldownHours: z.number().min(0).optional(),
    ...settings,
  }),
) as unknown as [z.ZodObject<{ do: z.ZodLiteral<string> }>, ...z.ZodObject<{ do: z.ZodLiteral<string> }>[]];

/** One step of `policies.onAlert`. */
export const actionStep = z.discriminatedUnion("do", steps) as unknown as z.ZodType<ActionStep>;
