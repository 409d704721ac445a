import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { LoadedFunctions } from "./loadedFunctions";

let functions: LoadedFunctions;
beforeAll(async () => {
  functions = await LoadedFunctions.start();
});
afterAll(() => functions?.stop());

const usecase = "coffee-grade";
const start = (body: object) => functions.http("startRun", { body: { usecase, ...body } });
async function auditOf(id: string) {
  const { json } = await functions.http("getAudit", { params: { model: usecase } });
  const entries = json.entries.filter(({ subject }: { subject: string }) => subject === id);
  return entries.map(({ action, actor, reason }: Record<string, string>) => [action, actor, reason]);
}

describe("a run started by hand", () => {
  it("names who asked for it, and who cancelled it and why", async () => {
    const { json: run } = await start({ actor: "Ann" });
    const cancel = (body?: object) => functions.http("cancelRun", { params: { id: run.id }, body });
    const missing = await cancel();
    expect([missing.status, missing.json.details.map(({ path }: { path: string }) => path)]).toEqual([
      400,
      ["reason", "actor"],
    ]);
    const { status, json } = await cancel({ reason: "a better file comes", actor: "Bea" });
    expect([status, json.message]).toEqual([200, "cancelled by Bea: a better file comes"]);
    expect(await auditOf(run.id)).toEqual(
      expect.arrayContaining([
        ["run started", "Ann", undefined],
        ["run cancelled", "Bea", "a better file comes"],
      ]),
    );
  });

  it("names the key if nobody says who asks", async () => {
    const { json: run } = await start({});
    expect(await auditOf(run.id)).toEqual([["run started", "admin key", undefined]]);
  });
});
