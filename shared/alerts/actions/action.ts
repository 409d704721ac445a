import type { z } from "zod";
import type { ActionNote } from "../actionNote";
import type { Alert } from "../alert";

/** What an action says that it did. */
export interface ActionResult extends Pick<ActionNote, "words" | "runId"> {
  /**
   * done: never again for this alert; waiting: it may not be done yet, and is tried again at the alert's next
   * occurrence; nothing: there is nothing to do for this alert, which is noted, too, and not tried again
   */
  outcome: "done" | "waiting" | "nothing";
}

/**
 * Something that an alert starts. An action is one file, and one line in the registry; it names the parts that it
 * needs, and the app hands them in.
 */
export interface AlertAction<Settings, Parts> {
  /** names it in policies (`do`), notes and audit rows */
  kind: string;
  /** fields of a step beside `do`, `approval` and `cooldownHours`; every one is optional or has a default */
  settings: z.ZodRawShape;
  /** at most once in this many hours for a subject, where a step does not say otherwise */
  cooldownHours: number;
  /**
   * Does it. The same alert may come again (an instance was killed before it noted what was done): then it must find
   * what it did before. What it throws is noted as a failure, and tried again at the next occurrence.
   */
  run(parts: Parts, alert: Alert, settings: Settings): Promise<ActionResult>;
}
