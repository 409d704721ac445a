import type { Alert, Condition } from "./alert";
import type { AlertStore } from "./alertStore";

type Failure = Pick<Condition, "summary" | "evidence">;

const shownFailures = 10;
const shownLength = 500;

/** Raises the alert of a condition while something fails, and ends it once nothing does. */
export async function reportFailure(
  alerts: Pick<AlertStore, "raise" | "resolve">,
  alert: Pick<Alert, "subject" | "rule">,
  failure: Failure | undefined,
): Promise<void> {
  if (failure === undefined) await alerts.resolve(alert.subject, alert.rule);
  else await alerts.raise({ ...alert, severity: "error", ...failure });
}

/** As `reportFailure`, of a list of sentences: `summary` makes one of the first, and the evidence has the first few. */
export function reportFailures(
  alerts: Pick<AlertStore, "raise" | "resolve">,
  alert: Pick<Alert, "subject" | "rule">,
  failures: readonly string[],
  summary: (first: string) => string,
): Promise<void> {
  const shown = failures.slice(0, shownFailures).map((text) => text.slice(0, shownLength));
  const evidence = { count: failures.length, failures: shown };
  return reportFailure(alerts, alert, failures.length === 0 ? undefined : { summary: summary(failures[0]), evidence });
}
