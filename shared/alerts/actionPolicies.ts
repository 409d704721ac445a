import { z } from "zod";
import { type ActionStep, actionStep } from "./actions/registry";
import type { Alert } from "./alert";
import { inputDriftRule } from "./rules";

const ruleName = z.string().regex(/^[a-z][a-z0-9-]*$/, "a rule's name is needed: a-z, 0-9 and -, as in input-drift");

/** The fields of a spec's `policies` that say what alerts start. */
export const actionPolicies = {
  /** shorthand of a retraining step for `input-drift` */
  onDrift: z.enum(["retrain", "none"]).default("retrain"),
  /** of that step: at most one run that an alert started in this many hours */
  cooldownHours: z.number().min(0).default(6),
  /** rule -> what its alerts start, in order; steps for `input-drift` replace `onDrift` */
  onAlert: z.record(ruleName, z.array(actionStep).max(10)).default({}),
};

export type ActionPolicies = z.infer<z.ZodObject<typeof actionPolicies>>;

/** What an alert starts by the policies of its use case; nothing where its subject is not a use case. */
export function stepsOf({ rule }: Pick<Alert, "rule">, policies: ActionPolicies | undefined): readonly ActionStep[] {
  if (policies === undefined) return [];
  const { onAlert, onDrift, cooldownHours } = policies;
  if (Object.hasOwn(onAlert, rule)) return onAlert[rule];
  if (rule !== inputDriftRule || onDrift === "none") return [];
  return [{ do: "retrain", approval: "none", cooldownHours }];
}
