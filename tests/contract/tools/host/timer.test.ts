import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isExternal, openTarget, runNow, type Target, takeSeen } from "./target";

let target: Target;
beforeAll(async () => {
  target = await openTarget();
});
afterAll(() => target?.stop());

interface Seen {
  timer: { isPastDue: boolean; schedule: object; scheduleStatus?: { last: string; next: string } };
}

// https://learn.microsoft.com/azure/azure-functions/functions-manually-run-non-http
test("the admin endpoint runs a timer at once, and it is not past due", async () => {
  expect((await runNow(target, "yearly", {})).status).toBe(202);
  const { timer } = await takeSeen<Seen>(target, "yearly");
  expect(timer.isPastDue).toBe(false);
  expect(timer.schedule).toHaveProperty("adjustForDST");
});

// https://learn.microsoft.com/azure/azure-functions/functions-bindings-error-pages#retry-policies
test("a timer that runs on start-up is tried again as its retry policy says", async () => {
  const { retry } = await takeSeen<{ retry: { retryCount: number; maxRetryCount: number } }>(target, "retries");
  expect(retry).toMatchObject({ retryCount: 1, maxRetryCount: 1 });
});

describe.skipIf(isExternal)("the status blob", () => {
  const status = () =>
    target.blobs
      .getContainerClient("azure-webjobs-hosts")
      .getBlockBlobClient("timers/contract/Host.Functions.yearly/status");

  test("holds the next occurrence from the first start on", async () => {
    const { Next } = JSON.parse((await status().downloadToBuffer()).toString()) as { Next: string };
    expect(Next).toBe(new Date(Date.UTC(new Date().getUTCFullYear() + 1, 0, 1)).toISOString());
  });

  // CheckPastDueAsync in ScheduleMonitor.cs of https://github.com/Azure/azure-webjobs-sdk-extensions
  test("a missed occurrence makes the timer run at the next start, past due", async () => {
    const year = new Date().getUTCFullYear();
    const missed = {
      Last: new Date(Date.UTC(year - 1, 0, 1)).toISOString(),
      Next: new Date(Date.UTC(year, 0, 1)).toISOString(),
      LastUpdated: new Date(Date.UTC(year - 1, 0, 1)).toISOString(),
    };
    const text = JSON.stringify(missed);
    await status().upload(text, text.length);
    await target.host!.restart();
    const { timer } = await takeSeen<Seen>(target, "yearly");
    expect(timer.isPastDue).toBe(true);
    expect(Date.parse(timer.scheduleStatus!.next)).toBe(Date.parse(missed.Next));
  });
});
