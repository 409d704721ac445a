import { type AppError, isAppError, messageOf } from "../errors";
import type { Clock, TableRow, TableStore } from "../ports";
import { alertTable } from "./alert";
import type { AlertStore } from "./alertStore";
import { duePartition, isDue, nextMark } from "./dueMark";

export interface SweepAlertsPorts {
  tables: TableStore;
  clock: Clock;
  alerts: Pick<AlertStore, "passTime">;
}

/**
 * Does what is due by the time alone: alerts that nobody has acknowledged are escalated, and those whose silence is
 * over are told. One listing where nothing is due. Returns a line for each alert that changed and for each subject that
 * failed, which stops no other.
 */
export async function sweepAlerts(ports: SweepAlertsPorts): Promise<string[]> {
  const lines: string[] = [];
  for await (const mark of ports.tables.list(alertTable, duePartition)) {
    try {
      if (isDue(mark, ports.clock.now())) await passTime(ports, mark, lines);
    } catch (error) {
      lines.push(`the times of the alerts of ${mark.rowKey} were not looked at: ${messageOf(error)}`);
    }
  }
  return lines;
}

async function passTime({ tables, clock, alerts }: SweepAlertsPorts, mark: TableRow, lines: string[]): Promise<void> {
  const subject = mark.rowKey;
  const onUnreadable = ({ message }: AppError) => void lines.push(message);
  const { changed, next } = await alerts.passTime(subject, onUnreadable);
  for (const { id, escalatedAt } of changed)
    lines.push(`the alert ${id} was ${escalatedAt === undefined ? "told" : "escalated"}`);
  try {
    await tables.transaction(alertTable, [nextMark(mark, next, clock.now())]);
  } catch (error) {
    // an alert of the subject has changed since: the next sweep looks again
    if (!isAppError(error, "precondition_failed")) throw error;
  }
}
