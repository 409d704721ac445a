import type { DataTask } from "../data/dataTasks";
import { performDataTask } from "../data/performDataTask";
import { toFailure } from "../errors";
import { createDuckDb, type DuckDbLimits } from "./duckdb";

/** What a data process is asked once, and answers. */
export interface DataRequest {
  task: DataTask;
  folder: string;
  limits: DuckDbLimits;
}

/** Entry of a process that performs one task and ends, so that its memory goes back. */
process.once("message", async ({ task, folder, limits }: DataRequest) => {
  try {
    const outcome = await createDuckDb(limits).withSession((session) => performDataTask(session, folder, task), folder);
    process.send?.({ outcome });
  } catch (error) {
    process.send?.({ failure: toFailure(error) });
  }
  process.disconnect();
});
process.on("disconnect", () => process.exit(0));
