import type { Alert, Condition } from "./alert";
import type { AlertStore } from "./alertStore";
import type { InstantRange } from "./confirmation";

/** A condition that holds, or the end of the alert that reported one, where `isOver` finds it ended. */
export type AlertChange =
  | { raise: Omit<Condition, "subject"> }
  | {
      resolve: {
        rule: string;
        isOver(alert: Alert): boolean;
        /** in which the condition did not hold; without it, at the time of the change */
        window?: InstantRange;
      };
    };

/** Makes changes to a subject's alerts, one after the other. */
export async function changeAlerts(
  alerts: Pick<AlertStore, "raise" | "resolveWhere">,
  subject: string,
  changes: readonly AlertChange[],
): Promise<void> {
  for (const change of changes)
    if ("raise" in change) await alerts.raise({ ...change.raise, subject });
    else await alerts.resolveWhere(subject, change.resolve.rule, change.resolve.isOver, change.resolve.window);
}
