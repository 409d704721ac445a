import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { InboxLedger } from "../../../shared/inbox/inboxLedger";
import { type Storage, startStorage } from "../../support/storage";

let storage: Storage;
let inbox: InboxLedger;
const at = new Date("2026-01-02T03:04:05Z");
beforeAll(async () => {
  storage = await startStorage();
  inbox = new InboxLedger(storage.tables, { now: () => at });
});
afterAll(() => storage?.stop());

const keyOf = (path: string) => createHash("sha256").update(path).digest("hex");
const put = (path: string, columns: object) =>
  storage.tables.transaction("datasets", [
    { kind: "upsert", row: { partitionKey: "_inbox", rowKey: keyOf(path), ...columns } },
  ]);

describe("what is recorded of a file in an inbox", () => {
  it("is found by its path and its bytes", async () => {
    const path = "datasets-inbox/pears/a.csv";
    const record = { sha256: "abc", status: "accepted", version: 3, created: true, droppedAt: at } as const;
    await inbox.record(path, record, "tag");
    expect(await inbox.find(path, "abc")).toEqual({ ...record, judgedAt: at.toISOString() });
    expect(await inbox.find(path, "other bytes")).toBeUndefined();
    expect(await inbox.isSettledAt(path, "tag")).toBe(true);
    expect((await inbox.all()).of(path)).toMatchObject({ status: "accepted", seenEtag: "tag" });
  });

  it("is read as earlier versions wrote it", async () => {
    await put("datasets-inbox/pears/first.csv", { seenEtag: "tag" });
    await put("datasets-inbox/pears/early.csv", { name: "datasets-inbox/pears/early.csv", ...early });
    expect(await inbox.isSettledAt("datasets-inbox/pears/first.csv", "tag")).toBe(true);
    expect(await inbox.find("datasets-inbox/pears/first.csv", "abc")).toBeUndefined();
    expect(await inbox.find("datasets-inbox/pears/early.csv", "abc")).toEqual({
      sha256: "abc",
      status: "rejected",
      reason: "it is empty",
    });
  });

  it("is named with the field at fault where it cannot be read", async () => {
    const path = "datasets-inbox/pears/broken.csv";
    await put(path, { name: path, ...early, status: "lost" });
    await expect(inbox.find(path, "abc")).rejects.toMatchObject({
      code: "corrupt",
      message: expect.stringContaining(
        `the row "${keyOf(path)}" of partition "_inbox" in table datasets cannot be read: status: use one of`,
      ),
    });
  });
});

const early = { sha256: "abc", status: "rejected", reason: "it is empty", seenEtag: "tag" };
