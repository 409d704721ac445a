import { z } from "zod";
import type { Clock } from "../../ports";
import { hourMs } from "../../time";
import type { Alert } from "../alert";
import { inputDriftRule } from "../rules";
import type { ActionResult, AlertAction } from "./action";

const settings = {
  onDrift: z.enum(["retrain", "none"]).default("retrain"),
  /** at most one drift-started run in this many hours */
  cooldownHours: z.number().min(0).default(6),
};

type RetrainSettings = z.infer<z.ZodObject<typeof settings>>;

/** A run that an alert started. */
export interface StartedRun {
  id: string;
  /** names what started it */
  cause: string;
  requestedAt: string;
}

export interface RetrainParts {
  clock: Clock;
  /** The newest run of a use case that an alert started. */
  lastRunByAlert(usecase: string): Promise<StartedRun | undefined>;
  /** Starts a run; the same cause again gives the run that it started before. */
  startRunByAlert(usecase: string, cause: string): Promise<{ id: string }>;
}

/** Trains again when the inputs have drifted, at most once in the cool-down. */
export const retrain = {
  kind: "retrain",
  settings,
  wanted: (alert, policies) =>
    alert.rule === inputDriftRule && policies?.onDrift === "retrain"
      ? (parts) => startRun(parts, alert, policies.cooldownHours)
      : undefined,
} satisfies AlertAction<RetrainSettings, RetrainParts>;

async function startRun(parts: RetrainParts, alert: Alert, cooldownHours: number): Promise<ActionResult> {
  const cause = `drift-${alert.raisedAt.replace(/[-:.]/g, "")}`;
  const last = await parts.lastRunByAlert(alert.subject);
  if (last !== undefined && last.cause !== cause) {
    const ageMs = parts.clock.now().getTime() - Date.parse(last.requestedAt);
    if (ageMs < cooldownHours * hourMs)
      return { outcome: "waiting", words: `no run: ${last.id} started less than ${cooldownHours} h ago` };
  }
  const { id } = await parts.startRunByAlert(alert.subject, cause);
  return { outcome: "done", words: `started run ${id}`, runId: id };
}
