import type { ChangedDocument } from "../ledger/verifiedBlobs";
import type { AlertStore } from "./alertStore";

/** Raises the alert that a stored document is not what was recorded; a person closes it once the original is back. */
export async function tellOfChange(alerts: AlertStore, changed: ChangedDocument): Promise<void> {
  const { subject, blob, expected, actual } = changed;
  await alerts.raise({
    subject,
    rule: "document-changed",
    severity: "error",
    summary: `the stored document ${blob} is not what was recorded; it is not used until the original is back`,
    evidence: { blob, expected, actual },
  });
}
