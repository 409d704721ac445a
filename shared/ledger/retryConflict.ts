import { setTimeout as delay } from "node:timers/promises";
import { AppError, isAppError } from "../errors";

const attempts = 60;
const pauseStepMs = 20;
const longestPauseMs = 200;

/**
 * Repeats `work` while another writer is faster (AppError conflict or precondition_failed), so it must read afresh each
 * time. After the last attempt AppError conflict says that too many writers changed `what` at once.
 */
export async function retryConflict<T>(what: string, work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (!isAppError(error, "conflict", "precondition_failed")) throw error;
      if (attempt === attempts)
        throw new AppError("conflict", `too many writers changed ${what} at once; try again`, { cause: error });
      // writers that collided once must not collide again: the only place that uses chance
      await delay(Math.random() * Math.min(attempt * pauseStepMs, longestPauseMs));
    }
  }
}
