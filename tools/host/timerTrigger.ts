import type { Schedule } from "../../shared/ncrontab";
import type { FunctionPlan, Trigger } from "./functionPlan";
import { type Listener, type ListenerContext, sleep } from "./listener";
import { createOutageLog, type OutageLog } from "./outageLog";
import type { RetryOptions } from "./protocol";
import { currentStatus, openTimerStatus, type TimerStatus, type TimerStore } from "./timerStatus";
import { WorkerLost } from "./workerProcess";

type TimerTrigger = Extract<Trigger, { kind: "timer" }>;

// setTimeout cannot wait for months, and a clock may be set meanwhile.
const longestWaitMs = 60_000;
const faultWaitMs = 2_000;

/**
 * Runs a function at each occurrence of its schedule, one at a time; at once when the last one was missed. Where
 * storage is unavailable the occurrences go on, and the status is written as soon as it can be.
 */
export async function startTimer(
  plan: FunctionPlan,
  trigger: TimerTrigger,
  context: ListenerContext,
): Promise<Listener> {
  const store = trigger.useMonitor ? openTimerStatus(context.storage, context.hostId, plan.name) : null;
  const startedAt = new Date();
  const status = store && currentStatus(await store.read(), trigger.schedule, startedAt);
  const loop = new TimerLoop(plan, trigger, context, store, status, startedAt);
  await loop.save();
  const running = loop.run();
  return { stop: () => loop.stop(), idle: () => running };
}

class TimerLoop {
  private readonly stopping = new AbortController();
  private readonly outage: OutageLog;
  private due: Date;
  private isSaved: boolean;

  constructor(
    private readonly plan: FunctionPlan,
    private readonly trigger: TimerTrigger,
    private readonly context: ListenerContext,
    private readonly store: TimerStore | null,
    private status: TimerStatus | null,
    private readonly startedAt: Date,
  ) {
    this.outage = createOutageLog(`[${plan.name}] cannot save when it ran`, context.log);
    this.due = status ? new Date(status.Next) : trigger.schedule.next(startedAt);
    this.isSaved = status === null;
  }

  async run(): Promise<void> {
    const { signal } = this.stopping;
    if (this.status && this.due < this.startedAt) await this.runOnce(true);
    else if (this.trigger.runOnStartup) await this.runOnce(false);
    while (!signal.aborted) {
      const waitMs = this.due.getTime() - Date.now();
      if (waitMs <= 0) await this.runOnce(false);
      else await sleep(Math.min(waitMs, this.isSaved ? longestWaitMs : faultWaitMs), signal);
      await this.save();
    }
  }

  stop(): void {
    this.stopping.abort();
  }

  async save(): Promise<void> {
    if (this.isSaved || !this.store || !this.status) return;
    try {
      await this.store.write(this.status);
      this.isSaved = true;
      this.outage.worked();
    } catch (error) {
      this.outage.failed(error);
    }
  }

  private async runOnce(isPastDue: boolean): Promise<void> {
    const { plan, context, due: scheduled } = this;
    const { schedule } = this.trigger;
    const begun = new Date();
    if (isPastDue) context.log(`[${plan.name}] is past due: it should have run at ${scheduled.toISOString()}`);
    await runWithRetries(plan, context, timerPayload(this.status, isPastDue), this.stopping.signal);
    // A timer may fire a moment early; a run longer than the interval skips what it covered.
    this.due = schedule.next(new Date(Math.max(Date.now(), scheduled.getTime())));
    if (!this.store) return;
    this.status = lastRun(schedule, scheduled, begun, this.due);
    this.isSaved = false;
    await this.save();
  }
}

// A restart computes `Next` from `Last` and takes a difference for a changed schedule: the two must agree, also when
// the timer fired a moment early or the run outlasted an occurrence.
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
      // -1 means without limit. A lost worker ends this listener too: the next one starts with the next occurrence.
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
