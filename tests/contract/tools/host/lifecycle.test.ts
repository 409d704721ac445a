import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { eventually, isExternal, openTarget, send, type Target, takeSeen } from "./target";

let target: Target;
beforeAll(async () => {
  target = await openTarget();
});
afterAll(() => target?.stop());

// While a worker is replaced its port refuses connections.
const pid = () =>
  eventually("an answer", async () => {
    const response = await fetch(`${target.url}/api/pid`).catch(() => undefined);
    return response?.ok ? Number(await response.text()) : undefined;
  });

// https://learn.microsoft.com/azure/azure-functions/functions-host-json#functiontimeout
describe("the function timeout", () => {
  test.each(["sleeps", "spins"])("ends a function that %s, and the next request is served", async (name) => {
    const before = await pid();
    const ended = await fetch(`${target.url}/api/${name}`).then(
      (response) => response.status,
      () => "connection lost",
    );
    expect(ended).not.toBe(200);
    expect(await pid()).not.toBe(before);
  });

  // https://learn.microsoft.com/azure/azure-functions/functions-bindings-storage-queue-trigger#peek-lock
  test("gives a message in work back, to be delivered again", async () => {
    const mark = randomUUID();
    await send(target, "contract-hangs-once", mark);
    expect(await takeSeen<object>(target, "hangsOnce", mark)).toMatchObject({ dequeueCount: 2 });
  });
});

describe.skipIf(isExternal)("the worker", () => {
  test("is replaced when it is killed, and what it had in work is delivered again at once", async () => {
    const mark = randomUUID();
    const before = await pid();
    await send(target, "contract-hangs-once", mark);
    await eventually("the first delivery", async () =>
      target.lines.find((line) => line.includes(`hangsOnce ${mark} delivery 1`)),
    );
    target.host!.killWorker();
    expect(await takeSeen<object>(target, "hangsOnce", mark)).toMatchObject({ dequeueCount: 2 });
    expect(await pid()).not.toBe(before);
    expect(target.host!.workerPid()).toBe(await pid());
  });

  test("is replaced by a hot restart, on the same port", async () => {
    const before = await pid();
    await target.host!.restart();
    const response = await fetch(`${target.url}/api/pid`);
    expect(Number(await response.text())).not.toBe(before);
    expect(target.host!.functions).toContain("takesMessage");
  });

  test("is gone after the host has stopped", async () => {
    const last = target.host!.workerPid();
    await target.host!.stop();
    expect(() => process.kill(last, 0)).toThrow("ESRCH");
    await expect(fetch(`${target.url}/api/pid`)).rejects.toThrow();
  });
});
