import type { ActionResult, AlertAction } from "./action";

export interface AliasParts {
  /** Where the champion of a model points, where it pointed before, and who pinned it. */
  championOf(model: string): Promise<{ version?: number; previous?: number; pinned?: string }>;
  /**
   * Moves the champion; the same operation again changes nothing. AppError precondition_failed where it is not at
   * `expected`.
   */
  moveChampion(move: {
    model: string;
    version: number;
    expected: number;
    operation: string;
    reason: string;
  }): Promise<void>;
}

/** Makes the version that an alert found better (`better` in its evidence) the champion. */
export const promote = {
  kind: "promote",
  settings: {},
  cooldownHours: 24,
  async run(parts, { id, subject, rule, evidence }): Promise<ActionResult> {
    const { version } = evidence;
    const better = evidence.better;
    if (typeof better !== "number" || typeof version !== "number")
      return { outcome: "nothing", words: "the alert names no version that is better" };
    const champion = await parts.championOf(subject);
    if (champion.version === better) return { outcome: "done", words: `version ${better} is the champion` };
    if (champion.version !== version)
      return { outcome: "nothing", words: `version ${version}, which it was compared with, is no longer the champion` };
    if (champion.pinned !== undefined) return { outcome: "waiting", words: champion.pinned };
    const reason = `the alert ${rule} found version ${better} better than version ${version}`;
    await parts.moveChampion({ model: subject, version: better, expected: version, operation: `act-${id}`, reason });
    return { outcome: "done", words: `version ${better} is the champion instead of version ${version}` };
  },
} satisfies AlertAction<object, AliasParts>;
