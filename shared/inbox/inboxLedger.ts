import { createHash } from "node:crypto";
import { z } from "zod";
import { documentType, readRow, unchanged } from "../documents";
import { type OnUnreadable, readable } from "../ledger/readable";
import type { Clock, TableRow, TableStore } from "../ports";

const table = "datasets";
/** no use case can have this name */
const partition = "_inbox";

/** What became of the bytes at a path of an inbox: settled, or how the last try failed. */
export interface InboxRecord {
  sha256: string;
  status: "accepted" | "rejected" | "failed";
  /** why it was rejected, or why the last try failed */
  reason?: string;
  /** when they were put there, where that is known */
  droppedAt?: Date;
  /** of an accepted file: what it became, whether its bytes were new, and the run that trains on it */
  version?: number;
  created?: boolean;
  runId?: string;
  /** of accepted feedback: what became of its rows */
  summary?: string;
  /** it was rejected because its use case was not known: it is judged again once it is */
  unknownUsecase?: boolean;
  /** when; now, where it is not given */
  judgedAt?: string;
}

/** A record with the entity tag that the blob had; of some from earlier versions that is all there is. */
export interface InboxVerdict extends Partial<InboxRecord> {
  seenEtag?: string;
}

/** What was recorded of each blob of the inboxes. */
export interface InboxVerdicts {
  /** undefined where nothing was recorded of the blob; a message where its record cannot be read */
  of(path: string): InboxVerdict | string | undefined;
}

/** The row of a blob, without its keys; the first ones had no name and no verdict. */
const inboxRows = documentType(
  z.object({
    name: z.string().optional(),
    seenEtag: z.string().optional(),
    sha256: z.string().optional(),
    status: z.enum(["accepted", "rejected", "failed"]).optional(),
    reason: z.string().optional(),
    droppedAt: z.iso
      .datetime()
      .transform((text) => new Date(text))
      .optional(),
    version: z.number().optional(),
    created: z.boolean().optional(),
    runId: z.string().optional(),
    summary: z.string().optional(),
    unknownUsecase: z.boolean().optional(),
    judgedAt: z.string().optional(),
  }),
  [unchanged],
);

/** Remembers how the bytes of each blob in the inboxes were judged, so that they are not judged twice unasked. */
export class InboxLedger {
  constructor(
    private readonly tables: TableStore,
    private readonly clock: Clock,
  ) {}

  /** Whether the blob was settled in the state that `etag` names; cheaper than asking by its bytes. */
  async isSettledAt(path: string, etag: string): Promise<boolean> {
    return (await this.verdict(path))?.seenEtag === etag;
  }

  /** What was recorded of the blob with these bytes. */
  async find(path: string, sha256: string): Promise<InboxRecord | undefined> {
    const verdict = await this.verdict(path);
    if (verdict?.status === undefined || verdict.sha256 !== sha256) return undefined;
    const { seenEtag: _etag, ...record } = verdict;
    return { ...record, sha256, status: verdict.status };
  }

  /** Whether the blob was rejected because its use case was not known. */
  async isOfUnknownUsecase(path: string): Promise<boolean> {
    return (await this.verdict(path))?.unknownUsecase === true;
  }

  /** What was recorded of every blob; a record that cannot be read is thrown, or told to `onUnreadable`. */
  async all(onUnreadable?: OnUnreadable): Promise<InboxVerdicts> {
    const verdicts = new Map<string, InboxVerdict | string>();
    for await (const row of this.tables.list(table, partition)) {
      const verdict = readable(
        () => readVerdict(row),
        onUnreadable &&
          ((error) => {
            verdicts.set(row.rowKey, error.message);
            onUnreadable(error);
          }),
      );
      if (verdict !== undefined && row.name !== undefined) verdicts.set(row.rowKey, verdict);
    }
    return { of: (path) => verdicts.get(rowKey(path)) };
  }

  /** Records how the blob's bytes were judged; `etag` where it is known to name those bytes. */
  async record(path: string, record: InboxRecord, etag?: string): Promise<void> {
    const key = { partitionKey: partition, rowKey: rowKey(path) };
    const seenEtag = record.status === "failed" ? undefined : etag;
    const judgedAt = record.judgedAt ?? this.clock.now().toISOString();
    const { form } = inboxRows;
    const row = { ...key, form, name: path, ...record, droppedAt: record.droppedAt?.toISOString(), judgedAt, seenEtag };
    await this.tables.transaction(table, [{ kind: "upsert", row }]);
  }

  private async verdict(path: string): Promise<InboxVerdict | undefined> {
    const row = await this.tables.get(table, partition, rowKey(path));
    return row && readVerdict(row);
  }
}

function readVerdict(row: TableRow): InboxVerdict {
  const { name: _path, ...verdict } = readRow(inboxRows, table, row);
  return verdict;
}

/** A blob's name may hold what a table key may not. */
function rowKey(path: string): string {
  return createHash("sha256").update(path).digest("hex");
}
