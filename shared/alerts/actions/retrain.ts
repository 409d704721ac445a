import { z } from "zod";
import type { Alert } from "../alert";
import type { ActionResult, AlertAction } from "./action";

const settings = {
  /** learners that compete besides the use case's own candidates, each with its default grid */
  learners: z.array(z.string().min(1)).min(1).optional(),
};

type RetrainSettings = z.infer<z.ZodObject<typeof settings>>;

export interface RetrainParts {
  /** Starts a run for an alert; the same alert again gives the run that it started before. */
  startRunByAlert(alert: Alert, learners?: string[]): Promise<{ id: string }>;
}

/** Trains again. */
export const retrain = {
  kind: "retrain",
  settings,
  cooldownHours: 6,
  run: startRun,
} satisfies AlertAction<RetrainSettings, RetrainParts>;

async function startRun(parts: RetrainParts, alert: Alert, { learners }: RetrainSettings): Promise<ActionResult> {
  const { id } = await parts.startRunByAlert(alert, learners);
  return { outcome: "done", words: `started run ${id}`, runId: id };
}
