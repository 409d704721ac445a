import { afterAll, beforeAll, expect, it } from "vitest";
import { enforceRetention } from "../../../shared/loop/enforceRetention";
import { logRequests } from "../../support/capturedLog";
import { Loop, shippedSpec } from "../../support/loop";

const usecase = "coffee-grade";
let loop: Loop;
beforeAll(async () => {
  loop = await Loop.start({ ...shippedSpec(usecase), retention: { captureDays: 10, profileDays: 100 } });
  loop.clock.time = Date.parse("2026-06-20T03:45:00Z");
});
afterAll(() => loop?.stop());

async function names(container: string, prefix = ""): Promise<string[]> {
  const found: string[] = [];
  for await (const { name } of loop.app.blobs.list(container, prefix)) found.push(name);
  return found;
}

it("removes what is older than the use case keeps it, by whole days, once, and the audit trail tells", async () => {
  const { blobs, tables } = loop.app;
  const times = ["2026-06-09T23:59:00Z", "2026-06-10T00:00:00Z"];
  await logRequests(
    blobs,
    times.map((at) => ({ model: usecase, at })),
  );
  await logRequests(blobs, [{ model: "uploaded", at: "2026-06-01T00:00:00Z" }]);
  const counts = [
    "parts/v1/2026/06/09/23/one",
    "hours/2026/06/10/00",
    "days/2026/03/11",
    "days/2026/06/09",
    "months/2026/02",
  ];
  for (const name of counts) await blobs.write("profiles", `${usecase}/v1/${name}.json`, "{}");
  expect(await enforceRetention(loop.app)).toEqual([
    `${usecase}: removed 1 blobs of captured requests and 3 of their counts`,
  ]);
  expect(await names("inference")).toEqual([
    `${usecase}/v1/2026/06/10/00/one.jsonl`,
    "uploaded/v1/2026/06/01/00/one.jsonl",
  ]);
  expect(await names("profiles")).toEqual([
    `${usecase}/v1/days/2026/06/09.json`,
    `${usecase}/v1/hours/2026/06/10/00.json`,
  ]);
  const audited: string[] = [];
  for await (const { action } of tables.list("models", usecase, { from: "audit:", to: "audit;" }))
    audited.push(String(action));
  expect(audited).toEqual(["captures removed"]);
  expect(await enforceRetention(loop.app)).toEqual([]);
});
