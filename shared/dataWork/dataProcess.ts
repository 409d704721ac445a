import type { DataTask } from "../data/dataTasks";
import { AppError, toFailure } from "../errors";
import { beGuest } from "../process/guestProcess";
import { createDuckDb, type DuckDbLimits } from "../sql/duckdb";
import { isOutOfMemory } from "../sql/readingFile";
import { performDataTask } from "./performDataTask";

/** What a data process is asked once, and answers. */
export interface DataRequest {
  task: DataTask;
  folder: string;
  limits: DuckDbLimits;
}

/** Entry of a process that performs one task and ends, so that its memory goes back. */
beGuest();
process.once("message", async ({ task, folder, limits }: DataRequest) => {
  try {
    const outcome = await performDataTask(createDuckDb(limits), folder, task);
    process.send?.({ outcome });
  } catch (error) {
    process.send?.({ failure: toFailure(isOutOfMemory(error) ? tooLarge(limits) : error) });
  }
  process.disconnect();
});

function tooLarge({ memoryBytes, tempBytes }: DuckDbLimits): AppError {
  const mb = (bytes: number) => Math.round(bytes / 2 ** 20);
  return new AppError(
    "rejected",
    `reading the data takes more than ${mb(memoryBytes)} MB of memory and ${mb(tempBytes)} MB of disk: make the file smaller, or raise TIDEGATE_DATA_MEMORY_MB`,
  );
}
