import type { Alert } from "../alert";
import type { AlertStore } from "../alertStore";
import type { Delivery } from "./delivery";

const subject = "tidegate";
const rulePrefix = "delivery-failed-";

/**
 * Raises the alert that an address cannot be reached. It goes to every other address, and never to the one that it is
 * about; as at most one alert a rule is open, trouble with telling of trouble ends there.
 */
export async function raiseTrouble(
  alerts: Pick<AlertStore, "raise">,
  delivery: Delivery,
  error: string,
): Promise<void> {
  const { id, channel, destination, address, attemptCount, status } = delivery;
  const tries = attemptCount === 1 ? "1 try" : `${attemptCount} tries`;
  const outcome = status === "failed" ? `was given up after ${tries}` : `failed in ${tries} and goes on being tried`;
  await alerts.raise({
    subject,
    rule: `${rulePrefix}${destination}`,
    severity: "error",
    summary: `alerts do not reach ${address} by ${channel}: a message ${outcome}: ${error}`,
    evidence: { destination, channel, address, delivery: id, tries: attemptCount },
  });
}

/** Ends the alert about an address that was reached, or is not set any more. */
export async function endTrouble(alerts: Pick<AlertStore, "resolve">, { destination }: Delivery): Promise<void> {
  await alerts.resolve(subject, `${rulePrefix}${destination}`);
}

/** The address whose trouble an alert is about; undefined for every other alert. */
export function destinationInTrouble({ subject: of, rule }: Alert): string | undefined {
  return of === subject && rule.startsWith(rulePrefix) ? rule.slice(rulePrefix.length) : undefined;
}
