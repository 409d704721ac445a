import type { ActionResult, AlertAction } from "./action";
import type { AliasParts } from "./promote";

/** Makes the previous champion the champion again, if the version that the alert is about still is. */
export const rollBack = {
  kind: "roll-back",
  settings: {},
  cooldownHours: 24,
  async run(parts, { id, subject, rule, evidence }): Promise<ActionResult> {
    const champion = await parts.championOf(subject);
    const { version } = evidence;
    if (champion.version === undefined) return { outcome: "nothing", words: "there is no champion" };
    if (version !== undefined && version !== champion.version)
      return { outcome: "nothing", words: `version ${version} is no longer the champion` };
    if (champion.previous === undefined || champion.previous === champion.version)
      return { outcome: "nothing", words: "there was no other champion before" };
    if (champion.pinned !== undefined) return { outcome: "waiting", words: champion.pinned };
    const { version: expected, previous } = champion;
    const reason = `the alert ${rule} is about version ${expected}`;
    await parts.moveChampion({ model: subject, version: previous, expected, operation: `act-${id}`, reason });
    return { outcome: "done", words: `version ${previous} is the champion again instead of version ${expected}` };
  },
} satisfies AlertAction<object, AliasParts>;
