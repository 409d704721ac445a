import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { BlobInfo, TableRow } from "../../../shared/ports";
import { createMemoryStorage } from "../../../tools/replay/memoryStorage";
import { type Storage, startStorage } from "../../support/storage";

const memory = createMemoryStorage(() => new Date());
let account: Storage;
beforeAll(async () => {
  account = await startStorage();
});
afterAll(() => account?.stop());

/** The account in the emulator, and the one in memory that replays run on: both are held to the same. */
const stores = {
  "the storage account": {
    adapters: () => account,
    message: async (queue: string) => {
      const [message] = (await account.clients.queues.getQueueClient(queue).receiveMessages()).receivedMessageItems;
      return JSON.parse(Buffer.from(message.messageText, "base64").toString());
    },
  },
  "storage in memory": { adapters: () => memory, message: async (queue: string) => memory.queues.take(queue) },
};

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}
const text = (bytes?: Uint8Array) => bytes && Buffer.from(bytes).toString("utf8");

describe.each(Object.entries(stores))("blobs of %s", (_name, { adapters }) => {
  it("make their container at the first write, and read back from any offset", async () => {
    const { blobs } = adapters();
    expect(await blobs.read("fresh", "a.txt")).toBeUndefined();
    await blobs.write("fresh", "a.txt", "hello");
    expect(text(await blobs.read("fresh", "a.txt"))).toBe("hello");
    expect(text(await blobs.read("fresh", "a.txt", 3))).toBe("lo");
    expect(await blobs.read("fresh", "a.txt", 5)).toHaveLength(0);
  });

  it("are created once, whoever is first", async () => {
    const { blobs } = adapters();
    const outcomes = await Promise.all(["a", "b", "c", "d"].map((content) => blobs.create("once", "x", content)));
    expect(outcomes.filter(Boolean)).toHaveLength(1);
    expect(await blobs.create("once", "x", "later")).toBe(false);
    expect(text(await blobs.read("once", "x"))).toMatch(/^[abcd]$/);
  });

  it("grow by appending, without losing a piece to a race", async () => {
    const { blobs } = adapters();
    await Promise.all(Array.from({ length: 10 }, (_, i) => blobs.append("logs", "l.jsonl", Buffer.from(`${i}\n`))));
    const lines = text(await blobs.read("logs", "l.jsonl"))
      ?.trim()
      .split("\n");
    expect(lines?.sort()).toEqual(Array.from({ length: 10 }, (_, i) => String(i)));
  });

  it("list by prefix in name order, and nothing where the container is missing", async () => {
    const { blobs } = adapters();
    for (const name of ["b/2", "a/1", "b/1"]) await blobs.write("lists", name, name);
    const names = (infos: BlobInfo[]) => infos.map(({ name }) => name);
    expect(names(await all(blobs.list("lists", "b/")))).toEqual(["b/1", "b/2"]);
    expect(await all(blobs.list("missing"))).toEqual([]);
    await blobs.write("lists", "b/c/3", "");
    expect(await all(blobs.folders("lists", "b/"))).toEqual(["b/c/"]);
    expect(await all(blobs.folders("lists", ""))).toEqual(["a/", "b/"]);
    expect(await all(blobs.folders("missing", ""))).toEqual([]);
    expect(await blobs.stat("lists", "a/1")).toMatchObject({ name: "a/1", sizeBytes: 3 });
    expect(await blobs.stat("lists", "zzz")).toBeUndefined();
  });

  it("travel to and from files and in streams", async () => {
    const { blobs } = adapters();
    const folder = await mkdtemp(path.join(tmpdir(), "blobs-"));
    await writeFile(path.join(folder, "in"), "0123456789");
    expect(await blobs.upload("files", "f", path.join(folder, "in"))).toBe(true);
    expect(await blobs.upload("files", "f", path.join(folder, "in"))).toBe(false);
    await blobs.download("files", "f", path.join(folder, "out"));
    expect(await readFile(path.join(folder, "out"), "utf8")).toBe("0123456789");
    const chunks = await all(await blobs.stream("files", "f", 2, 6));
    expect(Buffer.concat(chunks).toString()).toBe("2345");
    await expect(blobs.download("files", "none", path.join(folder, "x"))).rejects.toMatchObject({ code: "not_found" });
    await blobs.remove("files", "f");
    await blobs.remove("files", "f");
    expect(await blobs.stat("files", "f")).toBeUndefined();
  });
});

describe.each(Object.entries(stores))("tables of %s", (_name, { adapters }) => {
  const row = (rowKey: string, more: Partial<TableRow> = {}): TableRow => ({ partitionKey: "p", rowKey, ...more });

  it("change all rows of a transaction or none", async () => {
    const { tables } = adapters();
    await tables.transaction("atomic", [{ kind: "insert", row: row("a", { n: 1 }) }]);
    await expect(
      tables.transaction("atomic", [
        { kind: "insert", row: row("b") },
        { kind: "insert", row: row("a", { n: 2 }) },
      ]),
    ).rejects.toMatchObject({ code: "conflict" });
    expect((await all(tables.list("atomic", "p"))).map(({ rowKey, n }) => ({ rowKey, n }))).toEqual([
      { rowKey: "a", n: 1 },
    ]);
  });

  it("refuse a replacement by a stale entity tag", async () => {
    const { tables } = adapters();
    await tables.transaction("stale", [{ kind: "insert", row: row("a", { n: 1 }) }]);
    const seen = await tables.get("stale", "p", "a");
    await tables.transaction("stale", [{ kind: "replace", row: row("a", { n: 2 }), etag: seen?.etag }]);
    await expect(
      tables.transaction("stale", [{ kind: "replace", row: row("a", { n: 3 }), etag: seen?.etag }]),
    ).rejects.toMatchObject({ code: "precondition_failed" });
    expect(await tables.get("stale", "p", "a")).toMatchObject({ n: 2 });
  });

  it.each(["", "a/b", "a\\b", "a#b", "a?b", "a\nb", "x".repeat(600)])(
    "do not exist under the key %j, which no row can have",
    async (key) => {
      expect(await adapters().tables.get("keys", key, "row")).toBeUndefined();
      expect(await adapters().tables.get("keys", "partition", key)).toBeUndefined();
    },
  );

  it("list a range of keys in order, up to a limit", async () => {
    const { tables } = adapters();
    await tables.transaction(
      "ranges",
      ["v:2", "v:1", "w:1", "a"].map((key) => ({ kind: "upsert", row: row(key) })),
    );
    const keys = async (range: object) => (await all(tables.list("ranges", "p", range))).map(({ rowKey }) => rowKey);
    expect(await keys({ from: "v:", to: "v;" })).toEqual(["v:1", "v:2"]);
    expect(await keys({ limit: 1 })).toEqual(["a"]);
    expect(await all(tables.list("nothing", "p"))).toEqual([]);
    expect(await tables.get("nothing", "p", "x")).toBeUndefined();
  });
});

describe.each(Object.entries(stores))("queues of %s", (_name, { adapters, message }) => {
  it("are made at the first message, which the queue trigger can read", async () => {
    await adapters().queues.send("fresh-queue", { runId: "a" });
    expect(await message("fresh-queue")).toEqual({ runId: "a" });
  });
});
