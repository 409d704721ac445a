import { z } from "zod";
import type { Alert } from "../alert";
import type { ActionResult, AlertAction } from "./action";

const settings = {
  /** learners that compete besides the use case's own candidates, each with its default grid */
  learners: z.array(z.string().min(1)).min(1).optional(),
};

type RetrainSettings = z.infer<z.ZodObject<typeof settings>>;

export interface RetrainParts {
  /** Starts a run; the same cause again gives the run that it started before. */
  startRunByAlert(usecase: string, cause: string, learners?: string[]): Promise<{ id: string }>;
}

/** Trains again. */
export const retrain = {
  kind: "retrain",
  settings,
  cooldownHours: 6,
  run: startRun,
} satisfies AlertAction<RetrainSettings, RetrainParts>;

async function startRun(parts: RetrainParts, alert: Alert, { learners }: RetrainSettings): Promise<ActionResult> {
  const { id } = await parts.startRunByAlert(alert.subject, retrainCause(alert.raisedAt), learners);
  return { outcome: "done", words: `started run ${id}`, runId: id };
}

/** Names the run of an alert that was raised then. */
export function retrainCause(raisedAt: string): string {
  return `drift-${raisedAt.replace(/[-:.]/g, "")}`;
}
