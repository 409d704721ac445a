import type { AlertStore } from "../alerts/alertStore";
import { reportFailures } from "../alerts/failureAlert";
import {
  type ExpiredBlobs,
  expiredCaptures,
  expiredProfiles,
  expiredTraffic,
  keptModels,
} from "../capture/windows/expiredBlobs";
import { inOrder } from "../capture/windows/inOrder";
import { messageOf } from "../errors";
import { auditInsert } from "../ledger/auditEntry";
import type { Clock, TableStore } from "../ports";
import { dayMs } from "../time";
import type { Usecase } from "../usecase/loadUsecases";
import { retentionSpec } from "../usecase/retentionSpec";
import { currentWindows, type WindowPorts } from "./championWindows";

export interface RetentionPorts extends WindowPorts {
  usecases: Map<string, Usecase>;
  tables: TableStore;
  alerts: AlertStore;
  clock: Clock;
}

const atOnce = 8;
const usual = retentionSpec.parse({});

/**
 * Removes captured requests, and the counts of them, that are older than their use case keeps them; models without a
 * use case have the usual periods. What was captured is counted by day before it goes. Returns a line for each model
 * that lost something, which its audit trail tells, too, and for each failure.
 */
export async function enforceRetention(ports: RetentionPorts): Promise<string[]> {
  const [lines, failures]: [string[], string[]] = [[], []];
  const attempt = async (what: string, work: () => Promise<string | undefined>) => {
    try {
      const line = await work();
      if (line !== undefined) lines.push(line);
    } catch (error) {
      failures.push(`${what}: what is too old could not be removed: ${messageOf(error)}`);
    }
  };
  for (const model of await keptModels(ports.blobs)) await attempt(model, () => removeExpired(ports, model));
  await attempt("the index of traffic", async () => {
    const before = daysAgo(ports.clock, usual.captureDays);
    if (before) await removeAll(ports, await expiredTraffic(ports.blobs, before));
    return undefined;
  });
  const alert = { subject: "tidegate", rule: "retention-failed" };
  await reportFailures(ports.alerts, alert, failures, (first) => `what is too old could not all be removed: ${first}`);
  return [...lines, ...failures];
}

/** The start of the day so many days ago (UTC); undefined for 0, which keeps all. */
function daysAgo(clock: Clock, days: number): Date | undefined {
  return days === 0 ? undefined : new Date((Math.floor(clock.now().getTime() / dayMs) - days) * dayMs);
}

async function removeExpired(ports: RetentionPorts, model: string): Promise<string | undefined> {
  const usecase = ports.usecases.get(model);
  const { captureDays, profileDays } = usecase?.spec.retention ?? usual;
  const [hours, days] = [daysAgo(ports.clock, captureDays), daysAgo(ports.clock, profileDays)];
  const captures = hours && (await expiredCaptures(ports.blobs, model, hours));
  if (captures && captures.blobs.length > 0 && usecase) await countFirst(ports, usecase, captures, hours);
  if (captures) await removeAll(ports, captures);
  const profiles = await expiredProfiles(ports.blobs, model, { hours, days });
  await removeAll(ports, profiles);
  const removed = { captures: captures?.blobs.length ?? 0, profiles: profiles.blobs.length };
  if (removed.captures + removed.profiles === 0) return undefined;
  const bytes = [...(captures?.blobs ?? []), ...profiles.blobs].reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  await audit(ports, model, { ...removed, bytes, captureDays, profileDays });
  return `${model}: removed ${removed.captures} blobs of captured requests and ${removed.profiles} of their counts`;
}

/** The counts of days outlive the requests: those that are not made yet are made now. */
async function countFirst(
  ports: RetentionPorts,
  { spec }: Usecase,
  { blobs }: ExpiredBlobs,
  before: Date,
): Promise<void> {
  const windows = await currentWindows(ports, spec);
  if (windows === undefined) return;
  const days = [...new Set(blobs.map(({ name }) => /\d{4}\/\d{2}\/\d{2}/.exec(name)?.[0] ?? ""))].sort();
  for (const day of days) {
    const from = new Date(`${day.replaceAll("/", "-")}T00:00:00Z`);
    if (from < before) await windows.read({ from, to: new Date(from.getTime() + dayMs) });
  }
}

async function removeAll({ blobs }: WindowPorts, { container, blobs: expired }: ExpiredBlobs): Promise<void> {
  await inOrder(expired, atOnce, ({ name }) => blobs.remove(container, name));
}

/** One entry for each model and run that removed something: the timer runs once a day. */
async function audit({ tables, clock }: RetentionPorts, model: string, details: Record<string, number>): Promise<void> {
  const now = clock.now();
  const entry = {
    operation: `retention-${now.toISOString().slice(0, 10)}`,
    action: "captures removed",
    actor: "retention timer",
    subject: model,
    reason: "older than the use case keeps them (retention)",
    details,
  };
  await tables.transaction("models", [auditInsert(model, entry, now)]);
}
