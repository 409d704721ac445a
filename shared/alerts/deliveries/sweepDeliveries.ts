import { alertTable } from "../alert";
import { outboxMarks, outboxRange, readAnnouncement } from "../outbox";
import type { DeliveryPorts } from "./deliveryPorts";
import { type DeliveryMessage, deliveryQueue } from "./deliveryQueue";
import { sendDue } from "./sendDue";
import { dueMark, readMark, unsettled } from "./unsettled";

/** What is later than this was lost: its message, or the process that had it. */
const lateMs = 60_000;

/**
 * Sends again what was left over: deliveries whose time has passed, and changes of alerts that were never planned. Asks
 * storage twice where nothing was. Returns a line for each.
 */
export async function sweepDeliveries(ports: Pick<DeliveryPorts, "tables" | "queues" | "clock">): Promise<string[]> {
  return [...(await sweepDue(ports)), ...(await sweepOutbox(ports))];
}

type SweepPorts = Pick<DeliveryPorts, "tables" | "queues" | "clock">;

async function sweepDue({ tables, queues, clock }: SweepPorts): Promise<string[]> {
  const lines: string[] = [];
  const now = clock.now();
  for await (const mark of tables.list(unsettled.table, unsettled.partition)) {
    const { place, dueMs } = readMark(mark);
    if (now.getTime() - dueMs < lateMs) continue;
    await sendDue(queues, place);
    // not again before another minute has passed
    await tables.transaction(alertTable, [dueMark(place, now.toISOString())]);
    lines.push(`sent again: a delivery of ${place.subject}`);
  }
  return lines;
}

/** A mark may stand before its change is written; so much later, a subject without announcements has none to come. */
const markedMs = 5 * 60_000;

async function sweepOutbox({ tables, queues, clock }: SweepPorts): Promise<string[]> {
  const lines: string[] = [];
  const now = clock.now().getTime();
  for await (const mark of tables.list(alertTable, outboxMarks)) {
    const ageMs = now - Date.parse(String(mark.at));
    if (ageMs < lateMs) continue;
    const subject = mark.rowKey;
    let left = 0;
    for await (const row of tables.list(alertTable, subject, outboxRange)) {
      left++;
      const announcement = readAnnouncement(row);
      if (now - Date.parse(announcement.at) < lateMs) continue;
      await queues.send(deliveryQueue, { announcement } satisfies DeliveryMessage);
      lines.push(`announced again: ${announcement.id}`);
    }
    // a change in this very moment loses its mark, and needs it only if its process is killed before it announces
    if (left === 0 && ageMs > markedMs) await tables.transaction(alertTable, [{ kind: "delete", row: mark }]);
  }
  return lines;
}
