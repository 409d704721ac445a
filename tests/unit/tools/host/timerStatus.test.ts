import { describe, expect, test } from "vitest";
import { parseNcrontab } from "../../../../shared/ncrontab";
import { currentStatus, neverRun } from "../../../../tools/host/timerStatus";

const hourly = parseNcrontab("0 0 * * * *");
const now = new Date("2026-03-01T10:30:00Z");

describe("the status a timer starts from", () => {
  test("points to the next occurrence when nothing is stored", () => {
    expect(currentStatus(null, hourly, now)).toEqual({
      Last: neverRun,
      Next: "2026-03-01T11:00:00.000Z",
      LastUpdated: now.toISOString(),
    });
  });

  test("is the stored one when that follows the schedule, so that a missed Next shows", () => {
    const stored = { Last: "2026-03-01T08:00:00Z", Next: "2026-03-01T09:00:00Z", LastUpdated: "2026-03-01T08:00:01Z" };
    expect(currentStatus(stored, hourly, now)).toEqual(stored);
  });

  test("judges a timer that never ran by when its status was written", () => {
    const stored = { Last: neverRun, Next: "2026-03-01T09:00:00Z", LastUpdated: "2026-03-01T08:10:00Z" };
    expect(currentStatus(stored, hourly, now)).toEqual(stored);
  });

  test("follows the new schedule when that has changed, without being past due", () => {
    const stored = { Last: "2026-03-01T08:00:00Z", Next: "2026-03-01T08:05:00Z", LastUpdated: "2026-03-01T08:00:01Z" };
    expect(currentStatus(stored, hourly, now).Next).toBe("2026-03-01T11:00:00.000Z");
  });
});
