import type { ActionResult, AlertAction } from "./action";

export interface RestartParts {
  /** Ends this process after what it is doing and what it buffered; its host starts another one. */
  restartWorker(reason: string): void;
}

/** Restarts the worker process that handles the alert; other instances go on. */
export const restart = {
  kind: "restart",
  settings: {},
  cooldownHours: 1,
  async run(parts, { rule }): Promise<ActionResult> {
    parts.restartWorker(`the alert ${rule}`);
    return { outcome: "done", words: "this worker ends, and its host starts another one" };
  },
} satisfies AlertAction<object, RestartParts>;
