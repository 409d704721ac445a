import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { TableServiceClient } from "@azure/data-tables";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { prepareStorage } from "../../../shared/azure/prepareStorage";
import { storageNames } from "../../../shared/storageNames";
import { type Storage, startStorage } from "../../support/storage";

let storage: Storage;
beforeAll(async () => {
  storage = await startStorage();
});
afterAll(() => storage?.stop());

async function namesOf(found: AsyncIterable<{ name?: string }>): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of found) names.push(name ?? "");
  return names.sort();
}

describe("the storage account of a new app", () => {
  it("gets what is missing, and keeps what is there", async () => {
    const { clients, connectionString } = storage;
    await storage.blobs.write("datasets-inbox", "weather/early.csv", "a\n1\n");
    const prepare = () => prepareStorage({ kind: "connectionString", connectionString }, clients, storageNames);
    await Promise.all([prepare(), prepare()]);
    await prepare();
    const tables = TableServiceClient.fromConnectionString(connectionString, { allowInsecureConnection: true });
    expect(await namesOf(clients.blobs.listContainers())).toEqual(storageNames.containers.toSorted());
    expect(await namesOf(clients.queues.listQueues())).toEqual(storageNames.queues.toSorted());
    expect(await namesOf(tables.listTables())).toEqual(storageNames.tables.toSorted());
    expect(await storage.blobs.stat("datasets-inbox", "weather/early.csv")).toBeDefined();
  });

  it("has all that the code names", () => {
    const files = readdirSync("shared", { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts"));
    const texts = files.map((name) => readFileSync(path.join("shared", name), "utf8"));
    const named = texts
      .filter((text) => !text.includes("SqlSession")) // those name tables of a database session
      .flatMap((text) => [...text.matchAll(/const (\w*)(container|table|inbox) = "([a-z-]+)"/gi)]);
    const names = (kind: RegExp) => named.filter(([, , what]) => kind.test(what)).map(([, , , name]) => name);
    expect([...new Set(names(/container|inbox/i))].sort()).toEqual(storageNames.containers.toSorted());
    expect([...new Set(names(/table/i))].sort()).toEqual(storageNames.tables.toSorted());
  });
});
