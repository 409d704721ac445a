import type { AlertMessage } from "../message/alertMessage";

const severities = { error: "Sev1", warning: "Sev2", info: "Sev3" } as const;

/**
 * A message as Azure Monitor's action groups send theirs, so that what reads those reads ours. Source:
 * https://learn.microsoft.com/azure/azure-monitor/alerts/alerts-common-schema
 */
export function commonAlert({ deliveryId, event, at, title, alert, facts, whatToDo, links }: AlertMessage) {
  const isOver = alert.status === "resolved";
  return {
    schemaId: "azureMonitorCommonAlertSchema",
    data: {
      essentials: {
        alertId: alert.id,
        alertRule: alert.rule,
        severity: severities[alert.severity],
        signalType: "Metric",
        monitorCondition: isOver ? "Resolved" : "Fired",
        monitoringService: "Tidegate",
        alertTargetIDs: [alert.subject],
        configurationItems: [alert.subject],
        originAlertId: alert.id,
        firedDateTime: alert.raisedAt,
        ...(isOver && { resolvedDateTime: alert.resolvedAt }),
        description: alert.summary,
        essentialsVersion: "1.0",
        alertContextVersion: "1.0",
      },
      alertContext: {
        deliveryId,
        event,
        at,
        title,
        facts: Object.fromEntries(facts.map(({ name, value }) => [name, value])),
        whatToDo,
        links: Object.fromEntries(links.map(({ text, href }) => [text, href])),
        evidence: alert.evidence,
      },
      customProperties: {},
    },
  };
}
