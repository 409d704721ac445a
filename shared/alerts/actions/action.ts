import type { z } from "zod";
import type { ActionNote } from "../actionNote";
import type { Alert } from "../alert";

/** What an action says that it did. */
export interface ActionResult extends Pick<ActionNote, "words" | "runId"> {
  /** waiting: it may not be done yet, and is tried again at the alert's next occurrence */
  outcome: "done" | "waiting";
}

/** The work of an action for one alert. */
export type Work<Parts> = (parts: Parts) => Promise<ActionResult>;

/**
 * Something that an alert starts. An action is one file, and one line in the registry; it names the parts that it
 * needs, and the app hands them in.
 */
export interface AlertAction<Settings, Parts> {
  /** names it in notes and audit rows */
  kind: string;
  /** its fields of a spec's `policies`; every one is optional or has a default */
  settings: z.ZodRawShape;
  /**
   * What there is to do for the alert by the policies of its use case (undefined where its subject is not a use case);
   * undefined where nothing is. The work may be done again for an alert for which it was done (an instance was killed
   * before it noted that), and must then find what it did before. What it throws is noted as a failure.
   */
  wanted(alert: Alert, policies: Settings | undefined): Work<Parts> | undefined;
}
