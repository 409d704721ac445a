import { CrashLimit, givenUpMessage } from "./crashLimit";
import { type Generation, type GenerationOptions, loadGeneration } from "./generation";
import { type Loss, WorkerLost } from "./workerProcess";

export interface SupervisorOptions extends Omit<GenerationOptions, "onLost"> {
  /** 0 for any free one */
  port: number;
  /** the worker crashed too often: nothing runs until a restart */
  onGivenUp(message: string): void;
}

const drainMs = 5_000;
const firstRetryMs = 100;
const longestRetryMs = 10_000;

/** Keeps one generation of the app at work: starts it, replaces it, and brings it back when its worker is lost. */
export class Supervisor {
  current: Generation | undefined;
  port: number;
  private readonly crashes = new CrashLimit();
  private retry: NodeJS.Timeout | undefined;
  private isStopping = false;
  // Restarts, recoveries and the stop follow one another.
  private turn: Promise<unknown> = Promise.resolve();

  constructor(private readonly options: SupervisorOptions) {
    this.port = options.port;
  }

  /** Rejects with the app's error, or with one sentence about the port or the storage. */
  start(): Promise<void> {
    return this.inTurn(() => this.startAnew());
  }

  /** Replaces the generation with one of the code as it is now; rejects when that does not load, and keeps trying. */
  restart(): Promise<void> {
    return this.inTurn(async () => {
      this.crashes.reset();
      try {
        await this.takeOver(await this.loadOrStop(), this.current);
      } catch (error) {
        if (!this.isLastCrash(error)) this.recoverLater(firstRetryMs, firstRetryMs);
        throw error;
      }
    });
  }

  /** Drains for a few seconds and leaves nothing running. */
  stop(): Promise<void> {
    this.isStopping = true;
    clearTimeout(this.retry);
    return this.inTurn(() => this.stopCurrent());
  }

  private inTurn<T>(task: () => Promise<T>): Promise<T> {
    const result = this.turn.then(task);
    this.turn = result.catch(() => undefined);
    return result;
  }

  private load(): Promise<Generation> {
    return loadGeneration({ ...this.options, onLost: (lost, loss) => this.replace(lost, loss) });
  }

  private async startAnew(): Promise<void> {
    await this.takeOver(await this.load());
  }

  /** The next generation; where it does not load, the one at work ends, since its code is not what is there now. */
  private async loadOrStop(): Promise<Generation> {
    try {
      return await this.load();
    } catch (error) {
      await this.stopCurrent();
      throw error;
    }
  }

  /** Opens the port that the previous worker gives back, and takes on its work once that one has drained. */
  private async takeOver(next: Generation, before?: Generation): Promise<void> {
    this.current = undefined;
    const drained = before?.stop(drainMs);
    try {
      await before?.worker.portFree;
      this.port = await next.open(this.port);
      this.current = next;
      await drained;
      await next.feed();
    } catch (error) {
      this.current = undefined;
      await Promise.all([drained, next.stop(0)]);
      throw error;
    }
  }

  private replace(lost: Generation, { reason, isCrash }: Loss): void {
    void this.inTurn(async () => {
      if (this.current !== lost) return;
      this.current = undefined;
      const isLast = isCrash && this.crashes.isReachedAt(performance.now());
      this.options.log(isLast ? reason : `${reason}; starting another`);
      await lost.stop(0);
      if (isLast) this.giveUp(reason);
      else await this.recover(firstRetryMs);
    });
  }

  // Each try takes its own turn, so that a restart with fixed code need not wait for all of them.
  private async recover(waitMs: number): Promise<void> {
    if (this.current || this.isStopping) return;
    try {
      await this.startAnew();
    } catch (error) {
      this.options.log(`the worker did not come back: ${(error as Error).message}`);
      if (!this.isLastCrash(error)) this.recoverLater(waitMs, Math.min(waitMs * 2, longestRetryMs));
    }
  }

  private recoverLater(waitMs: number, nextWaitMs: number): void {
    clearTimeout(this.retry);
    if (this.isStopping) return;
    this.retry = setTimeout(() => void this.inTurn(() => this.recover(nextWaitMs)), waitMs);
  }

  /** Counts a start that ended in a crash, and gives up when that was one too many. */
  private isLastCrash(error: unknown): boolean {
    if (!(error instanceof WorkerLost) || !this.crashes.isReachedAt(performance.now())) return false;
    this.giveUp(error.message);
    return true;
  }

  private giveUp(reason: string): void {
    clearTimeout(this.retry);
    const message = givenUpMessage(reason);
    this.options.log(message);
    this.options.onGivenUp(message);
  }

  private async stopCurrent(): Promise<void> {
    const generation = this.current;
    this.current = undefined;
    await generation?.stop(drainMs);
  }
}
