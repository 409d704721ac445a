import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { eventually, isExternal, openTarget, runNow, type Target, take, takeSeen } from "./target";

let target: Target;
beforeAll(async () => {
  target = await openTarget();
});
afterAll(() => target?.stop());

interface Seen {
  text: string;
  metadata: Record<string, unknown>;
}

async function upload(name: string, text: string, container = "contract-inbox"): Promise<string> {
  const client = target.blobs.getContainerClient(container);
  await client.createIfNotExists();
  const { etag } = await client.getBlockBlobClient(name).upload(text, text.length, { metadata: { owner: "me" } });
  return etag!.replaceAll('"', "");
}

// https://learn.microsoft.com/azure/azure-functions/functions-bindings-storage-blob-trigger#metadata and
// #blob-name-patterns
test("a new blob reaches its function with its bytes, its metadata and the path's parameters", async () => {
  const mark = randomUUID();
  await upload(`weather/${mark}.csv`, "a,b\n1,2\n");
  const { text, metadata } = await takeSeen<Seen>(target, "takesBlob", mark);
  expect(text).toBe("a,b\n1,2\n");
  expect(metadata).toMatchObject({
    blobTrigger: `contract-inbox/weather/${mark}.csv`,
    usecase: "weather",
    file: mark,
    metadata: { owner: "me" },
  });
  expect(metadata.uri).toMatch(new RegExp(`^https?://.*/contract-inbox/weather/${mark}.csv$`));
  expect((metadata.properties as Record<string, unknown>).contentLength ?? 8).toBe(8);
});

// The programming model parses every text of the metadata that is JSON; a path never is.
test.each(["2024", "true", "1.0", "null"])("the whole path of a blob named %s stays text", async (name) => {
  const mark = randomUUID();
  await upload(`${mark}/${name}.csv`, "rows");
  const { metadata } = await takeSeen<Seen>(target, "takesBlob", mark);
  expect(metadata.blobTrigger).toBe(`contract-inbox/${mark}/${name}.csv`);
  expect(metadata.file).toBe(JSON.parse(name));
});

test("a blob whose name XML cannot hold reaches its function, and so does the next one", async () => {
  const mark = randomUUID();
  await upload(`odd/${mark}-\u001b[31m.csv`, "odd");
  await upload(`odd/${mark}-plain.csv`, "plain");
  const texts = [await takeSeen<Seen>(target, "takesBlob", mark), await takeSeen<Seen>(target, "takesBlob", mark)];
  expect(texts.map(({ text }) => text).sort()).toEqual(["odd", "plain"]);
});

// https://learn.microsoft.com/azure/azure-functions/functions-bindings-storage-blob-trigger#blob-receipts
test("a blob is processed once for each ETag, and again when it changes, with a receipt for each", async () => {
  const mark = randomUUID();
  const first = await upload(`once/${mark}.csv`, "one");
  expect((await takeSeen<Seen>(target, "takesBlob", mark)).text).toBe("one");
  const second = await upload(`once/${mark}.csv`, "two");
  // Had the first version been delivered twice, it would come before the second.
  expect((await takeSeen<Seen>(target, "takesBlob", mark)).text).toBe("two");

  const hosts = target.blobs.getContainerClient("azure-webjobs-hosts");
  for (const etag of [first, second]) {
    await eventually(`the receipt of ${etag}`, async () => {
      for await (const { name } of hosts.listBlobsFlat({ prefix: "blobreceipts/" })) {
        if (name.endsWith(`/Host.Functions.takesBlob/"${etag}"/contract-inbox/once/${mark}.csv`)) return name;
      }
      return undefined;
    });
  }
});

test("a blob whose name does not fit the pattern is left alone", async () => {
  const mark = randomUUID();
  await upload(`weather/${mark}.txt`, "no");
  await upload(`weather/${mark}-after.csv`, "yes");
  expect((await takeSeen<Seen>(target, "takesBlob", mark)).text).toBe("yes");
});

// https://learn.microsoft.com/azure/azure-functions/functions-bindings-storage-blob-output
test("a blob output is written to its path, filled with the trigger's parameters", async () => {
  const mark = randomUUID();
  await upload(`copied/${mark}.csv`, "copy me");
  const copy = target.blobs.getContainerClient("contract-copies").getBlobClient(`copied/${mark}.copy`);
  const bytes = await eventually("the copy", async () => ((await copy.exists()) ? copy.downloadToBuffer() : undefined));
  expect(bytes.toString()).toBe("copy me");
});

// https://learn.microsoft.com/azure/azure-functions/functions-bindings-storage-blob-trigger#poison-blobs
test("a blob that keeps failing ends in webjobs-blobtrigger-poison with what identifies it", async () => {
  const mark = randomUUID();
  const etag = await upload(mark, "bad", "contract-bad");
  const message = JSON.parse(await take(target, "webjobs-blobtrigger-poison", (text) => text.includes(mark)));
  expect(message).toMatchObject({
    FunctionId: "Host.Functions.failsBlob",
    BlobType: "BlockBlob",
    ContainerName: "contract-bad",
    BlobName: mark,
  });
  expect(message.ETag.replaceAll('"', "")).toBe(etag);
});

// https://learn.microsoft.com/azure/azure-functions/functions-manually-run-non-http
test("the admin endpoint runs a blob function for the named blob", async () => {
  const mark = randomUUID();
  await upload(`admin/${mark}.csv`, "again");
  await takeSeen<Seen>(target, "takesBlob", mark);
  expect((await runNow(target, "takesBlob", { input: `contract-inbox/admin/${mark}.csv` })).status).toBe(202);
  expect((await takeSeen<Seen>(target, "takesBlob", mark)).text).toBe("again");
});

test.skipIf(isExternal)("a restart does not deliver a blob again", async () => {
  const mark = randomUUID();
  await upload(`restart/${mark}.csv`, "old");
  await takeSeen<Seen>(target, "takesBlob", mark);
  await target.host!.restart();
  await upload(`restart/${mark}-new.csv`, "new");
  // Names are scanned in order: a second delivery of the old blob would come first.
  expect((await takeSeen<Seen>(target, "takesBlob", mark)).text).toBe("new");
});
