import type { Clock, QueueSender } from "../ports";
import { type RunRecord, type RunTrigger, trainingQueues } from "./runRecord";
import type { RunStore } from "./runStore";

export interface StartRunPorts {
  runs: RunStore;
  queues: QueueSender;
  clock: Clock;
  codeRevision: string;
}

export interface RunRequest {
  usecase: string;
  trigger: RunTrigger;
  /** names what started the run; the same cause starts it once */
  cause: string;
  force?: boolean;
  /** that compete besides the use case's own candidates, each with its default parameters */
  learners?: string[];
  /** whom the audit names; without it the trigger */
  actor?: string;
}

/**
 * Starts a training run through the queue; the same cause again returns the run it started, and wakes it if it never
 * began.
 */
export async function startRun(
  ports: StartRunPorts,
  request: RunRequest,
): Promise<{ run: RunRecord; started: boolean }> {
  const run: RunRecord = {
    id: `${request.usecase}.${request.cause}`,
    usecase: request.usecase,
    trigger: request.trigger,
    status: "queued",
    force: request.force ?? false,
    requestedAt: ports.clock.now().toISOString(),
    codeRevision: ports.codeRevision,
    ...(request.learners && { learners: request.learners }),
  };
  const started = await ports.runs.create(run, request.actor);
  const current = started ? run : await ports.runs.get(run.id);
  if (current.status === "queued") await ports.queues.send(trainingQueues.plan, { runId: run.id });
  return { run: current, started };
}
