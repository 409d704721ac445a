import { describe, expect, it } from "vitest";
import { z } from "zod";
import { scheduleFields, windowSchedule, windowStart } from "../../../shared/monitoring/schedule";

const settings = z.strictObject(scheduleFields("hourly"));
const due = (schedule: string, now: string, timeZone = "UTC") =>
  windowSchedule({ schedule, timeZone }).due(new Date(now))?.toISOString();

describe("a schedule", () => {
  it.each([
    ["hourly", "2026-03-01T10:01:59Z", "2026-03-01T09:00:00.000Z"],
    ["hourly", "2026-03-01T10:02:00Z", "2026-03-01T10:00:00.000Z"],
    ["daily", "2026-03-01T00:01:00Z", "2026-02-28T00:00:00.000Z"],
    ["Weekly", "2026-03-04T00:01:00Z", "2026-03-02T00:00:00.000Z"],
    ["daily 12:00", "2026-03-04T13:00:00Z", "2026-03-04T12:00:00.000Z"],
    ["Monday 11:00", "2026-03-04T13:00:00Z", "2026-03-02T11:00:00.000Z"],
    ["0 30 9 * * 1-5", "2026-03-08T13:00:00Z", "2026-03-06T09:30:00.000Z"],
  ])("%s at %s has a window to judge that ends at %s", (schedule, now, end) => {
    expect(due(schedule, now)).toBe(end);
    expect(due(schedule, now)).toBe(end);
  });

  it("keeps to the clocks of its time zone through both changes of them", () => {
    const dueIn = (now: string) => due("daily 12:00", now, "Europe/Helsinki");
    expect([dueIn("2026-03-28T15:00:00Z"), dueIn("2026-03-29T15:00:00Z")]).toEqual([
      "2026-03-28T10:00:00.000Z",
      "2026-03-29T09:00:00.000Z",
    ]);
    expect([dueIn("2026-10-24T15:00:00Z"), dueIn("2026-10-25T15:00:00Z")]).toEqual([
      "2026-10-24T09:00:00.000Z",
      "2026-10-25T10:00:00.000Z",
    ]);
  });

  it("in the hour that is left out comes at the end of the gap, in the hour that comes twice once", () => {
    const schedule = windowSchedule({ schedule: "daily 03:30", timeZone: "Europe/Helsinki" });
    const of = (from: string, to: string) =>
      schedule.ends(new Date(from), new Date(to), 10).map((end) => end.toISOString());
    expect(of("2026-03-29T00:00:00Z", "2026-03-30T00:00:00Z")).toEqual(["2026-03-29T01:00:00.000Z"]);
    expect(of("2026-10-25T00:00:00Z", "2026-10-26T00:00:00Z")).toEqual(["2026-10-25T00:30:00.000Z"]);
  });

  it("lists the ends of windows in a range, newest first, the first instant included and the last not", () => {
    const schedule = windowSchedule({ schedule: "hourly", timeZone: "UTC" });
    const [from, to] = [new Date("2026-03-01T01:00:00Z"), new Date("2026-03-01T04:00:00Z")];
    const hours = (limit: number) => schedule.ends(from, to, limit).map((end) => end.getUTCHours());
    expect(hours(10)).toEqual([3, 2, 1]);
    expect(hours(2)).toEqual([3, 2]);
  });

  it("says when its next window falls due, also after the clock was set back", () => {
    const schedule = windowSchedule({ schedule: "hourly", timeZone: "UTC" });
    const next = (now: string) => schedule.nextDue(new Date(now)).toISOString();
    expect(next("2026-03-01T10:01:59Z")).toBe("2026-03-01T10:02:00.000Z");
    expect(next("2026-03-01T10:02:00Z")).toBe("2026-03-01T11:02:00.000Z");
    expect(due("hourly", "2026-03-01T20:30:00Z")).toBe("2026-03-01T20:00:00.000Z");
    expect(due("hourly", "2026-03-01T10:30:00Z")).toBe("2026-03-01T10:00:00.000Z");
  });

  it.each(["", "soon", "daily 24:00", "Mon 11:00", "* * * * * *", "0 0 0 30 2 *", "@daily", "0 0 12 ? * *"])(
    "is refused with the shapes that there are: %j",
    (schedule) => {
      const { error } = settings.safeParse({ schedule });
      expect(error?.issues[0].message).toMatch(/Monday 11:00|at most once a minute/);
    },
  );

  it("takes time zones by name only", () => {
    const takes = (timeZone: string) => settings.safeParse({ timeZone }).success;
    expect(["UTC", "Europe/Helsinki", "Asia/Kolkata"].map(takes)).toEqual([true, true, true]);
    expect(["", "+02:00", "Mars/Base", "Europe/"].map(takes)).toEqual([false, false, false, false]);
  });
});

describe("a window of days", () => {
  const hours = (end: string, length: number, timeZone: string) =>
    (Date.parse(end) - windowStart(new Date(end), length, timeZone).getTime()) / 3_600_000;

  it.each([
    ["2026-03-30T00:00:00+03:00", 24, "Europe/Helsinki", 23],
    ["2026-10-26T00:00:00+02:00", 24, "Europe/Helsinki", 25],
    ["2026-03-31T00:00:00+03:00", 24, "Europe/Helsinki", 24],
    ["2026-04-01T00:00:00+03:00", 168, "Europe/Helsinki", 167],
    ["2026-11-02T00:00:00+02:00", 168, "Europe/Helsinki", 168],
    ["2026-10-30T00:00:00+02:00", 168, "Europe/Helsinki", 169],
    ["2026-10-26T00:00:00+02:00", 25, "Europe/Helsinki", 25],
    ["2026-10-26T00:00:00+02:00", 6, "Europe/Helsinki", 6],
    ["2026-04-06T00:00:00+10:30", 24, "Australia/Lord_Howe", 24.5],
    ["2026-10-26T00:00:00Z", 24, "UTC", 24],
  ])("that ends at %s and counts %d hours has in %s: %d", (end, length, timeZone, expected) => {
    expect(hours(end, length, timeZone)).toBe(expected);
  });
});
