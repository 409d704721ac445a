import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { documentText, documentType, unchanged } from "../../../shared/documents";
import { type ChangedDocument, VerifiedBlobs } from "../../../shared/ledger/verifiedBlobs";
import { RunDocuments } from "../../../shared/training/runDocuments";
import { RunStore } from "../../../shared/training/runStore";
import { type Storage, startStorage } from "../../support/storage";

const path = "trials/0/0003.json";
const usecase = "fruit";

let storage: Storage;
let told: ChangedDocument[];
let runId: string;
let number = 0;
const documents = (tables = storage.tables) =>
  new RunDocuments(tables, storage.blobs, new VerifiedBlobs(storage.blobs, async (changed) => void told.push(changed)));
const text = async (bytes: Promise<Uint8Array | undefined>) => Buffer.from((await bytes) ?? []).toString("utf8");
const notes = documentType(z.object({ said: z.string() }), [unchanged]);
const note = (said: string) => documentText(notes, { said });
const all = async (folder: string) =>
  (await documents().readAll(notes, runId, folder)).map((one) => [one.path, one.document.said]);
const names = async () => {
  const found: string[] = [];
  for await (const { name } of storage.blobs.list("runs", `${runId}/`)) found.push(name);
  return found;
};

/** Storage whose process is killed before the row is written. */
const killed = () => ({
  ...storage.tables,
  transaction: async () => {
    throw new Error("killed");
  },
});

async function newRun(): Promise<void> {
  const { tables, blobs } = storage;
  const run = { usecase, trigger: "request" as const, status: "training" as const, force: false, codeRevision: "x" };
  const store = new RunStore(tables, blobs, new VerifiedBlobs(blobs, async () => {}));
  await store.create({ ...run, id: runId, requestedAt: new Date().toISOString() });
}

/** The run as the release before hashes were kept wrote it. */
async function oldRun(): Promise<void> {
  await newRun();
  const {
    hashedResults,
    etag: _etag,
    ...run
  } = (await storage.tables.get("runs", usecase, runId)) ?? {
    partitionKey: usecase,
    rowKey: runId,
  };
  expect(hashedResults).toBe(true);
  await storage.tables.transaction("runs", [{ kind: "replace", row: run }]);
}

beforeAll(async () => {
  storage = await startStorage();
  await storage.clients.blobs.getContainerClient("runs").createIfNotExists();
});
afterAll(() => storage?.stop());
beforeEach(() => {
  told = [];
  runId = `${usecase}.request-${number++}`;
});

describe("the results of a run", () => {
  it("are read back by name and by folder, whatever the name", async () => {
    await newRun();
    const odd = `evaluation/abc/${encodeURIComponent(`slices-größe/"#?%${"長".repeat(60)}`)}.json`;
    await documents().keep(runId, {
      [odd]: note("1"),
      "evaluation/abc/metrics.json": note("2"),
      "evaluation/abcd/x.json": note("3"),
    });
    expect(await documents().readAs(notes, runId, odd)).toEqual({ said: "1" });
    expect(await all("evaluation/abc")).toEqual([
      ["evaluation/abc/metrics.json", "2"],
      [odd, "1"],
    ]);
  });

  it("do not exist if the worker was killed before it wrote the row; the next worker writes its own", async () => {
    await newRun();
    await expect(documents(killed()).keep(runId, { [path]: "first" })).rejects.toThrow("killed");
    expect(await names()).toHaveLength(1);
    expect(await documents().has(runId, path)).toBe(false);
    expect(await documents().paths(runId, "trials/0")).toEqual([]);
    expect(await documents().keep(runId, { [path]: "second" })).toBe(true);
    expect(await text(documents().read(runId, path))).toBe("second");
  });

  it("are all from the first worker if two write them", async () => {
    await newRun();
    const other = "trials/0/0004.json";
    const kept = await Promise.all([
      documents().keep(runId, { [path]: note("a"), [other]: note("a") }),
      documents().keep(runId, { [path]: note("b"), [other]: note("b") }),
    ]);
    expect(kept.filter((isKept) => isKept)).toHaveLength(1);
    const first = kept[0] ? "a" : "b";
    expect((await all("trials")).map(([, said]) => said)).toEqual([first, first]);
  });

  it("are the latest ones after a replacement", async () => {
    await newRun();
    for (const content of ["one", "two"]) await documents().replace(runId, { [path]: content });
    expect(await text(documents().read(runId, path))).toBe("two");
  });

  it("are refused if they have changed, and a blob that somebody planted is not one", async () => {
    await newRun();
    await storage.blobs.write("runs", `${runId}/${path}`, "planted");
    expect(await documents().read(runId, path)).toBeUndefined();
    expect(await all("trials")).toEqual([]);
    await documents().keep(runId, { "trials/0/0001.json": note("right") });
    const name = (await names()).find((one) => one.includes("0001")) as string;
    await storage.blobs.write("runs", name, "wrong");
    await expect(all("trials")).rejects.toMatchObject({ code: "corrupt" });
    expect(told).toMatchObject([{ subject: usecase, blob: `runs/${name}` }]);
  });
});

describe("the results of a run that an earlier release began", () => {
  it("are read unchecked, along with newer ones", async () => {
    await oldRun();
    await storage.blobs.write("runs", `${runId}/trials/0/0000.json`, '{"said":"old"}');
    await storage.blobs.write("runs", `${runId}/partial-trials/0/0001.json`, "old");
    await expect(documents(killed()).keep(runId, { [path]: "lost" })).rejects.toThrow("killed");
    await documents().keep(runId, { [path]: note("new") });
    await documents().replace(runId, { "partial-trials/0/0001.json": "new" });
    expect(await all("trials")).toEqual([
      ["trials/0/0000.json", "old"],
      [path, "new"],
    ]);
    expect(await documents().has(runId, "trials/0/0000.json")).toBe(true);
    expect(await documents().readAs(notes, runId, "trials/0/0000.json")).toEqual({ said: "old" });
    expect(await text(documents().read(runId, "partial-trials/0/0001.json"))).toBe("new");
  });
});
