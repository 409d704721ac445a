import { createHash } from "node:crypto";
import type { TableRow, TableStore } from "../ports";

const table = "datasets";
/** no use case can have this name */
const partition = "_inbox";

/** What became of the bytes that lay at a path of an inbox: settled, or how the last try failed. */
export interface InboxRecord {
  sha256: string;
  status: "accepted" | "rejected" | "failed";
  /** why the last try failed */
  reason?: string;
  /** when they were laid there, where it was known */
  droppedAt?: Date;
}

/** Remembers of each blob of the inboxes how its bytes were judged, so that nobody judges them twice without being asked. */
export class InboxLedger {
  constructor(private readonly tables: TableStore) {}

  /** Whether the blob was settled in the state that `etag` names; cheaper than asking by its bytes. */
  async isSettledAt(path: string, etag: string): Promise<boolean> {
    return (await this.row(path))?.seenEtag === etag;
  }

  /** What was recorded of the blob with these bytes. */
  async find(path: string, sha256: string): Promise<InboxRecord | undefined> {
    const row = await this.row(path);
    if (row?.sha256 !== sha256) return undefined;
    const droppedAt = row.droppedAt === undefined ? undefined : new Date(String(row.droppedAt));
    return { sha256, status: row.status as InboxRecord["status"], reason: row.reason as string | undefined, droppedAt };
  }

  /** Records how the blob's bytes were judged; `etag` where it is known to name those bytes. */
  async record(path: string, { sha256, status, reason, droppedAt }: InboxRecord, etag?: string): Promise<void> {
    const key = { partitionKey: partition, rowKey: rowKey(path) };
    const seenEtag = status === "failed" ? undefined : etag;
    const row = { ...key, name: path, sha256, status, reason, droppedAt: droppedAt?.toISOString(), seenEtag };
    await this.tables.transaction(table, [{ kind: "upsert", row }]);
  }

  private row(path: string): Promise<TableRow | undefined> {
    return this.tables.get(table, partition, rowKey(path));
  }
}

/** A blob's name may hold what a table key may not. */
function rowKey(path: string): string {
  return createHash("sha256").update(path).digest("hex");
}
