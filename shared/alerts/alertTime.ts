import type { Alert } from "./alert";
import { auditEntry } from "./alertAudit";
import type { Step } from "./alertLife";
import { type AlertPolicy, silentUntil } from "./alertPolicy";

const minuteMs = 60_000;

/** What the time alone makes of an alert: its silence is over, or nobody has acknowledged it in time. */
export function stepOfTime(before: Alert, policy: AlertPolicy, now: Date): Step | undefined {
  if (before.status !== "open") return undefined;
  if (silentUntil(before, policy, now) !== undefined) return undefined;
  const at = now.toISOString();
  const { silence, ...alert } = before;
  if (silence !== undefined) {
    const event = before.toldAt === undefined ? ("opened" as const) : ("unsilenced" as const);
    const entry = auditEntry("unsilence", before, "alert silence ended", {});
    return { alert: { ...alert, toldAt: at }, entry, event };
  }
  if (before.toldAt === undefined) return { alert: { ...before, toldAt: at }, event: "opened" };
  const escalateAt = escalationOf(before, policy);
  if (escalateAt === undefined || escalateAt > at) return undefined;
  const reason = `nobody has acknowledged it in ${policy.escalateAfterMinutes} minutes`;
  const entry = auditEntry("escalate", before, "alert escalated", { reason });
  return { alert: { ...before, escalatedAt: at }, entry, event: "escalated" };
}

/** When the time will next make something of an alert; undefined where it will not. */
export function nextInstant(alert: Alert, policy: AlertPolicy, now: Date): string | undefined {
  if (alert.status !== "open") return undefined;
  const silent = silentUntil(alert, policy, now);
  if (silent !== undefined) return silent;
  if (alert.silence !== undefined || alert.toldAt === undefined) return now.toISOString();
  return escalationOf(alert, policy);
}

function escalationOf(
  { toldAt, acknowledged, escalatedAt }: Alert,
  { escalateAfterMinutes }: AlertPolicy,
): string | undefined {
  if (toldAt === undefined || acknowledged !== undefined || escalatedAt !== undefined) return undefined;
  if (escalateAfterMinutes === undefined) return undefined;
  return new Date(Date.parse(toldAt) + escalateAfterMinutes * minuteMs).toISOString();
}
