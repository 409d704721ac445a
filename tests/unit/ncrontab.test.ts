import { describe, expect, test } from "vitest";
import { parseNcrontab } from "../../shared/ncrontab";

const next = (expression: string, from: string) => parseNcrontab(expression).next(new Date(from)).toISOString();

// The examples of https://learn.microsoft.com/azure/azure-functions/functions-bindings-timer#ncrontab-examples
describe("an NCRONTAB expression", () => {
  test.each([
    ["0 */5 * * * *", "2026-03-01T10:01:30Z", "2026-03-01T10:05:00.000Z"],
    ["0 0 * * * *", "2026-03-01T10:00:00Z", "2026-03-01T11:00:00.000Z"],
    ["0 0 */2 * * *", "2026-03-01T11:00:00Z", "2026-03-01T12:00:00.000Z"],
    ["0 0 9-17 * * *", "2026-03-01T17:30:00Z", "2026-03-02T09:00:00.000Z"],
    ["0 30 9 * * *", "2026-03-01T09:30:00Z", "2026-03-02T09:30:00.000Z"],
    ["0 30 9 * * 1-5", "2026-03-06T10:00:00Z", "2026-03-09T09:30:00.000Z"],
    ["0 30 9 * Jan Mon", "2026-01-05T10:00:00Z", "2026-01-12T09:30:00.000Z"],
    ["0 5 * * * 6", "2026-03-01T00:00:00Z", "2026-03-07T00:05:00.000Z"],
  ])("%s after %s is due at %s", (expression, from, due) => {
    expect(next(expression, from)).toBe(due);
  });

  test("of five fields has second 0", () => {
    expect(next("15 4 * * *", "2026-03-01T00:00:00Z")).toBe("2026-03-01T04:15:00.000Z");
  });

  test("needs day and day of week to match both", () => {
    // The first Friday the 13th after the date.
    expect(next("0 0 0 13 * 5", "2026-03-14T00:00:00Z")).toBe("2026-11-13T00:00:00.000Z");
  });

  test("knows whether it comes round within a minute", () => {
    expect(parseNcrontab("*/10 * * * * *").isFrequent).toBe(true);
    expect(parseNcrontab("0 * * * * *").isFrequent).toBe(false);
  });

  test.each([
    ["@daily", /fields/],
    ["* * * *", /has 4 fields/],
    ["00:05:00", /fields/],
    ["0 0 0 L * *", /day field "L"/],
    ["0 0 0 ? * *", /day field "\?"/],
    ["0 0 0 * * 7", /Sunday is 0/],
    ["0 0 0 * * 1#2", /day of week field/],
    ["0 0 0 15W * *", /day field/],
    ["0 61 0 * * *", /./],
  ])("%s is refused", (expression, reason) => {
    expect(() => parseNcrontab(expression)).toThrow(reason);
  });
});
