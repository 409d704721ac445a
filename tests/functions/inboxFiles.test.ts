import { readFileSync } from "node:fs";
import { BlobServiceClient } from "@azure/storage-blob";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { LoadedFunctions } from "./loadedFunctions";

const usecase = "coffee-grade";
const good = readFileSync(`models/${usecase}/sample.csv`);

let functions: LoadedFunctions;
beforeAll(async () => {
  functions = await LoadedFunctions.start();
});
afterAll(() => functions?.stop());

/** Puts a file into an inbox, where its trigger has not looked yet. */
async function put(inbox: string, name: string, bytes: Buffer): Promise<void> {
  const service = BlobServiceClient.fromConnectionString(String(process.env.AzureWebJobsStorage));
  const container = service.getContainerClient(inbox);
  await container.createIfNotExists();
  await container.getBlockBlobClient(name).uploadData(bytes);
}

function judge(name: string, bytes: Buffer): Promise<void> {
  return functions.run("registerDataset", { bytes }, { blobTrigger: `datasets-inbox/${name}` });
}

const listed = async (query: Record<string, string> = {}) => (await functions.http("listInbox", { query })).json.files;
const pending = async () => (await functions.http("listDatasets", { query: { usecase } })).json.pending;

describe.sequential("a file in an inbox", () => {
  it("is pending until it is judged, among the datasets and in the inbox", async () => {
    await put("datasets-inbox", `${usecase}/lots.csv`, good);
    const waiting = { status: "pending", file: "lots.csv", sizeBytes: good.length, droppedAt: expect.any(String) };
    expect(await pending()).toEqual([{ usecase, ...waiting }]);
    expect(await listed()).toEqual([{ inbox: "datasets-inbox", folder: usecase, ...waiting }]);
  });

  it("then has its version and its run, and is no longer pending", async () => {
    await judge(`${usecase}/lots.csv`, good);
    expect(await pending()).toEqual([]);
    expect(await listed({ inbox: "datasets", folder: usecase })).toMatchObject([
      { file: "lots.csv", status: "accepted", version: 1, created: true, runId: `${usecase}.data-v1` },
    ]);
  });

  it("or has the reason for its rejection, in one sentence", async () => {
    const bad = Buffer.from("a,b\n1,2\n");
    await put("datasets-inbox", `${usecase}/bad.csv`, bad);
    await judge(`${usecase}/bad.csv`, bad);
    expect(await pending()).toEqual([]);
    const [file] = (await listed()).filter(({ status }: { status: string }) => status === "rejected");
    expect(file).toMatchObject({ file: "bad.csv", reason: 'the column "Lot" is missing; the file has "a", "b"' });
  });

  it("is in one of two inboxes, which a caller may choose; pages continue", async () => {
    await put("models-inbox", "mine/m.onnx", Buffer.from("no model"));
    expect((await listed({ inbox: "models" })).map(({ folder }: { folder: string }) => folder)).toEqual(["mine"]);
    const first = (await functions.http("listInbox", { query: { limit: "2" } })).json;
    const second = (await functions.http("listInbox", { query: { limit: "2", cursor: first.next } })).json;
    expect([...first.files, ...second.files].map(({ file }) => file).sort()).toEqual(["bad.csv", "lots.csv", "m.onnx"]);
    expect(second.next).toBeUndefined();
  });

  it("is a description if it is next to its model, and is not pending", async () => {
    const statuses = async () => {
      const files = (await listed({ inbox: "models", folder: "described" })) as { file: string; status: string }[];
      return Object.fromEntries(files.map(({ file, status }) => [file, status]));
    };
    await put("models-inbox", "described/x.json", Buffer.from('{"classes":["a","b"]}'));
    expect(await statuses()).toEqual({ "x.json": "pending" });
    await put("models-inbox", "described/x.onnx", Buffer.from("no model"));
    expect(await statuses()).toEqual({ "x.json": "description", "x.onnx": "pending" });
  });
});
