import { parentPort, workerData } from "node:worker_threads";
import { toFailure } from "../errors";
import { evaluateParts } from "./evaluateHoldout";
import { refitTrial } from "./refitTrial";
import { scoreTrial } from "./scoreTrial";
import type { WorkerReply } from "./workerPool";
import type { WorkerTask } from "./workerTasks";
import { yieldToServing } from "./yieldToServing";

/** Entry of a training thread: one task in, one answer out. */
function perform(task: WorkerTask): unknown {
  switch (task.kind) {
    case "trial":
      return scoreTrial(task, (score) => tell({ part: score }));
    case "refit":
      return refitTrial(task);
    case "evaluate":
      return evaluateParts(task, (part) => tell({ part }));
  }
}

function tell(reply: WorkerReply): void {
  parentPort?.postMessage(reply);
}

function answer(): WorkerReply {
  try {
    return { outcome: perform(workerData as WorkerTask) };
  } catch (error) {
    return { failure: toFailure(error) };
  }
}

yieldToServing();
tell({ begins: true });
tell(answer());
