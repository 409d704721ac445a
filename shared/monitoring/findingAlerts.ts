import { z } from "zod";
import type { Alert, Condition } from "../alerts/alert";
import type { AlertChange } from "../alerts/alertChange";
import { AppError } from "../errors";
import { inputFaults } from "../inputFaults";
import type { Finding } from "./finding";

/** findings that an alert's evidence names */
const namedLimit = 50;

/** What an alert of findings says of itself. */
export interface FindingAlert extends Pick<Condition, "rule" | "severity" | "summary" | "confirm" | "window"> {
  /** which version and window it is about, and what else a reader needs */
  about: Record<string, unknown>;
}

/**
 * The alert of the findings that have drifted, or its end: it is over once nothing of a judged window has drifted and
 * everything that it names was judged again; what the window no longer holds has ended.
 */
export function findingAlert(findings: readonly Finding[], { about, ...alert }: FindingAlert): AlertChange {
  const { rule } = alert;
  const drifted = findings.filter(({ verdict }) => verdict === "drift");
  if (drifted.length === 0)
    return {
      resolve: { rule, isOver: (open) => isOver(open, findings), ...(alert.window && { window: alert.window }) },
    };
  const named = drifted.slice(0, namedLimit).map(({ subject, statistic, value, interval, threshold }) => {
    return { subject, statistic, value, ...(interval && { interval }), threshold };
  });
  return { raise: { ...alert, evidence: { ...about, findings: named } } };
}

const evidence = z.object({ findings: z.array(z.object({ subject: z.string(), statistic: z.string() })) });

function isOver(alert: Alert, findings: readonly Finding[]): boolean {
  const told = evidence.safeParse(alert.evidence);
  if (!told.success) {
    const [{ path, message }] = inputFaults(told.error.issues);
    throw new AppError("corrupt", `the evidence of the alert ${alert.id} cannot be read: ${path}: ${message}`);
  }
  if (!findings.some(({ verdict }) => verdict === "ok")) return false;
  return told.data.findings.every(({ subject, statistic }) =>
    findings.every((one) => one.subject !== subject || one.statistic !== statistic || one.verdict === "ok"),
  );
}
