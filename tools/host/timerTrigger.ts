import type { FunctionPlan, Trigger } from "./functionPlan";
import { type Listener, type ListenerContext, sleep } from "./listener";
import type { Schedule } from "./ncrontab";
import { createOutageLog } from "./outageLog";
import type { RetryOptions } from "./protocol";
import { currentStatus, openTimerStatus, type TimerStatus } from "./timerStatus";
import { WorkerLost } from "./workerProcess";

type TimerTrigger = Extract<Trigger, { kind: "timer" }>;

// setTimeout cannot wait for months, and a clock may be set meanwhile.
const LONGEST_WAIT_MS = 60_000;
const FAULT_WAIT_MS = 2_000;

/**
 * Runs a function at each occurrence of its schedule, one at a time; at once when the last one was missed. Where storage is away the
 * occurrences go on, and the status is written as soon as it can be.
 */
export async function startTimer(
  plan: FunctionPlan,
  trigger: TimerTrigger,
  context: ListenerContext,
): Promise<Listener> {
  const { schedule, useMonitor, runOnStartup } = trigger;
  const store = useMonitor ? openTimerStatus(context.storage, context.hostId, plan.name) : null;
  const stopping = new AbortController();
  const { signal } = stopping;
  const startedAt = new Date();
  let status = store && currentStatus(await store.read(), schedule, startedAt);
  let due = status ? new Date(status.Next) : schedule.next(startedAt);
  let isSaved = status === null;
  const outage = createOutageLog(`[${plan.name}] cannot save when it ran`, context.log);

  const save = async () => {
    if (isSaved || !store || !status) return;
    try {
      await store.write(status);
      isSaved = true;
      outage.worked();
    } catch (error) {
      outage.failed(error);
    }
  };
  await save();
  const runOnce = async (isPastDue: boolean) => {
    const scheduled = due;
    const begun = new Date();
    if (isPastDue) context.log(`[${plan.name}] is past due: it should have run at ${due.toISOString()}`);
    await runWithRetries(plan, context, timerPayload(status, isPastDue), signal);
    // A timer may fire a moment early; a run longer than the interval skips what it covered.
    due = schedule.next(new Date(Math.max(Date.now(), due.getTime())));
    if (!store) return;
    status = lastRun(schedule, scheduled, begun, due);
    isSaved = false;
    await save();
  };
  const loop = async () => {
    if (status && due < startedAt) await runOnce(true);
    else if (runOnStartup) await runOnce(false);
    while (!signal.aborted) {
      const waitMs = due.getTime() - Date.now();
      if (waitMs <= 0) await runOnce(false);
      else await sleep(Math.min(waitMs, isSaved ? LONGEST_WAIT_MS : FAULT_WAIT_MS), signal);
      await save();
    }
  };
  const looping = loop();
  return { stop: () => stopping.abort(), idle: () => looping };
}

// A restart computes `Next` from `Last` and takes a difference for a changed schedule: the two must agree, also when the
// timer fired a moment early or the run outlasted an occurrence.
function lastRun(schedule: Schedule, scheduled: Date, begun: Date, next: Date): TimerStatus {
  const ended = new Date();
  const ran = new Date(Math.max(begun.getTime(), Math.min(scheduled.getTime(), ended.getTime())));
  const last =
    schedule.next(ran).getTime() === next.getTime() ? ran : new Date(Math.max(ended.getTime(), scheduled.getTime()));
  return { Last: last.toISOString(), Next: next.toISOString(), LastUpdated: ended.toISOString() };
}

/** The timer's JSON as the real host writes it; the library turns the names into camel case. */
export function timerPayload(status: TimerStatus | null, isPastDue: boolean): string {
  return JSON.stringify({ Schedule: { AdjustForDST: true }, ScheduleStatus: status, IsPastDue: isPastDue });
}

async function runWithRetries(
  plan: FunctionPlan,
  context: ListenerContext,
  payload: string,
  signal: AbortSignal,
): Promise<void> {
  const { retry } = plan;
  const max = retry?.maxRetryCount ?? 0;
  let exception: { message: string } | undefined;
  for (let retryCount = 0; !signal.aborted; retryCount++) {
    try {
      const retryContext = retry && { retryCount, maxRetryCount: max, exception };
      const { name: functionName, inputName } = plan;
      await context.invoke({ functionName, inputName, data: { json: payload }, triggerMetadata: {}, retryContext });
      return;
    } catch (error) {
      const { message, stack } = error as Error;
      context.log(`[${plan.name}] failed: ${stack ?? message}`);
      // -1 means without end. A lost worker ends this listener too: the next one starts with the next occurrence.
      if (!retry || error instanceof WorkerLost || (max >= 0 && retryCount >= max)) return;
      exception = { message };
      await sleep(retryDelayMs(retry, retryCount), signal);
    }
  }
}

/** https://learn.microsoft.com/azure/azure-functions/functions-bindings-error-pages#retry-strategies */
function retryDelayMs(retry: RetryOptions, retryCount: number): number {
  if (retry.retryStrategy === "fixedDelay") return (retry.delayInterval?.seconds ?? 0) * 1000;
  const low = retry.minimumInterval?.seconds ?? 0;
  const high = retry.maximumInterval?.seconds ?? Number.POSITIVE_INFINITY;
  return Math.min(low * 2 ** retryCount, high) * 1000;
}
