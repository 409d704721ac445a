import type { ActionResult, AlertAction } from "./action";

export interface PauseParts {
  /**
   * Makes requests to a model's champion answer 503 with the reason, until a person resumes it or another version
   * becomes champion; false where there is no champion.
   */
  pauseRoute(model: string, operation: string, reason: string): Promise<boolean>;
}

/** Stops answering with the champion: no answer is better than a wrong one. */
export const pause = {
  kind: "pause",
  settings: {},
  cooldownHours: 0,
  async run(parts, { id, subject, summary }): Promise<ActionResult> {
    const isPaused = await parts.pauseRoute(subject, `act-${id}`, summary);
    if (!isPaused) return { outcome: "nothing", words: "there is no champion to pause" };
    return { outcome: "done", words: "requests to the champion are answered with 503 until it is resumed" };
  },
} satisfies AlertAction<object, PauseParts>;
