import type { Alert, AlertSeverity, Silence } from "./alert";

/** What the rule of an alert says of its life. */
export interface AlertPolicy {
  /** in place of the condition's own */
  severity?: AlertSeverity;
  /** minutes after which an alert that nobody has acknowledged is told again; never, without */
  escalateAfterMinutes?: number;
  silence?: Pick<Silence, "until">;
}

/** The policy of a rule for the alerts of a subject. */
export type PolicyOf = (subject: string, rule: string) => Promise<AlertPolicy>;

/** Until when nobody is told of an alert, by itself or by its rule; undefined where people are. */
export function silentUntil(alert: Pick<Alert, "silence">, policy: AlertPolicy, now: Date): string | undefined {
  const at = now.toISOString();
  return [alert.silence?.until, policy.silence?.until]
    .filter((until) => until !== undefined && until > at)
    .toSorted()
    .at(-1);
}
