import { parentPort, workerData } from "node:worker_threads";
import { toFailure } from "../errors";
import { type AdaptStep, takeStep } from "./adaptSteps";

/** Entry point of a thread that changes one graph: one step in, one reply out. */
function answer() {
  try {
    return { outcome: takeStep(workerData as AdaptStep) };
  } catch (error) {
    return { failure: toFailure(error) };
  }
}

parentPort?.postMessage(answer());
