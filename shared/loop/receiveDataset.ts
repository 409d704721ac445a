import {
  type DroppedFile,
  type RegisterDatasetPorts,
  type RegisterOutcome,
  registerDataset,
} from "../data/registerDataset";
import { type StartRunPorts, startRun } from "../training/startRun";

/**
 * Registers a dropped dataset and, where the use case's policy says so, starts the run that trains on it; safe to
 * repeat.
 */
export async function receiveDataset(
  ports: RegisterDatasetPorts & StartRunPorts,
  dropped: DroppedFile,
): Promise<RegisterOutcome & { runId?: string }> {
  const outcome = await registerDataset(ports, dropped);
  const policy = ports.usecases.get(dropped.usecase)?.spec.policies.onNewData;
  if (outcome.status === "rejected" || policy !== "train") return outcome;
  const cause = `data-v${outcome.version}`;
  const { run } = await startRun(ports, { usecase: dropped.usecase, trigger: "new data", cause });
  return { ...outcome, runId: run.id };
}
