import { AppError } from "../errors";
import type { Clock, Telemetry } from "../ports";
import { telemetryEvents } from "../telemetryNames";
import { isFinal, type RunRecord } from "./runRecord";
import type { RunStore } from "./runStore";

/**
 * Ends a run before it is done; a step that is at work ends within its two minutes and changes nothing.
 * AppError conflict when the run has ended.
 */
export async function cancelRun(
  ports: { runs: RunStore; clock: Clock; telemetry: Telemetry },
  runId: string,
  by: { actor: string; reason: string },
): Promise<RunRecord> {
  const run = await ports.runs.get(runId);
  const finishedAt = ports.clock.now().toISOString();
  const message = `cancelled by ${by.actor}: ${by.reason}`;
  const ended = isFinal(run.status)
    ? run
    : await ports.runs.update(runId, { status: "cancelled", finishedAt, message }, by);
  if (ended.status !== "cancelled" || ended === run)
    throw new AppError("conflict", `run ${runId} has already ended: ${ended.status}`);
  const { usecase, trigger } = ended;
  ports.telemetry.event(telemetryEvents.runFinished, { usecase, runId, status: "cancelled", trigger });
  return ended;
}
