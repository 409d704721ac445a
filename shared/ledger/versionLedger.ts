import { z } from "zod";
import { documentType, readRow, unchanged } from "../documents";
import type { Clock, TableRow, TableStore, TableValue } from "../ports";
import { type AuditEntry, auditInsert } from "./auditEntry";
import { type OnUnreadable, readable } from "./readable";
import { retryConflict } from "./retryConflict";

/** What a new version is made of: its content hash and the columns of its row. */
export interface NewVersion {
  sha256: string;
  /** a version with the same bytes, beside which this one is registered all the same */
  instead?: number;
  columns: Record<string, TableValue>;
  /** audit entry of the registration; `version` is only known when it is written */
  audit(version: number): AuditEntry;
}

export interface LedgerVersion {
  version: number;
  /** false when these bytes had a version already */
  created: boolean;
}

/** The row `head` of a partition: its latest version. */
export const headRows = documentType(z.object({ latest: z.int().min(1) }), [unchanged]);
/** A row `sha:{hash}`: the version that holds bytes of this hash. */
export const holderRows = documentType(z.object({ version: z.int().min(1) }), [unchanged]);

const versionKey = (version: number) => `v:${String(version).padStart(6, "0")}`;

/**
 * Consecutive immutable versions in one table partition. Rows: `head` (latest number), `v:000007`, `sha:{hash}` and
 * `audit:...`; a registration writes all four in one transaction, so that equal bytes share a version and concurrent
 * writers get consecutive ones.
 */
export class VersionLedger {
  constructor(
    private readonly tables: TableStore,
    private readonly table: string,
    private readonly clock: Clock,
  ) {}

  /** Registers a version, or returns the one that holds the same bytes. */
  async register(partition: string, fresh: NewVersion): Promise<LedgerVersion> {
    return retryConflict(`the versions of ${partition}`, async () => {
      const holder = await this.tables.get(this.table, partition, `sha:${fresh.sha256}`);
      const held = holder && readRow(holderRows, this.table, holder).version;
      if (held !== undefined && held !== fresh.instead) return { version: held, created: false };
      return { version: await this.append(partition, fresh, holder?.etag), created: true };
    });
  }

  /** The version that holds bytes of this hash. */
  async findByHash(partition: string, sha256: string): Promise<number | undefined> {
    const row = await this.tables.get(this.table, partition, `sha:${sha256}`);
    return row && readRow(holderRows, this.table, row).version;
  }

  /** The partition's latest version; undefined while it has none. */
  async latest(partition: string): Promise<number | undefined> {
    const head = await this.tables.get(this.table, partition, "head");
    return head && readRow(headRows, this.table, head).latest;
  }

  /** Whether the partition has a version: also where its row `head` cannot be read, of which `onUnreadable` is told. */
  async hasVersions(partition: string, onUnreadable: OnUnreadable): Promise<boolean> {
    const head = await this.tables.get(this.table, partition, "head");
    if (head !== undefined) readable(() => readRow(headRows, this.table, head), onUnreadable);
    return head !== undefined;
  }

  /** The row of one version. */
  get(partition: string, version: number): Promise<TableRow | undefined> {
    return this.tables.get(this.table, partition, versionKey(version));
  }

  /**
   * Changes columns of a version's row and adds the audit entry, in one transaction; undefined removes a column.
   * AppError precondition_failed if the row has changed since `row` was read.
   */
  async change(row: TableRow, columns: Record<string, TableValue>, entry: AuditEntry): Promise<void> {
    const { etag, ...kept } = row;
    const changed: TableRow = { ...kept, ...columns, partitionKey: row.partitionKey, rowKey: row.rowKey };
    await this.tables.transaction(this.table, [
      { kind: "replace", row: changed, etag },
      auditInsert(row.partitionKey, entry, this.clock.now()),
    ]);
  }

  /** All version rows, oldest first. */
  list(partition: string): AsyncIterable<TableRow> {
    return this.tables.list(this.table, partition, { from: "v:", to: "v;" });
  }

  private async append(partition: string, fresh: NewVersion, holderEtag?: string): Promise<number> {
    const head = await this.tables.get(this.table, partition, "head");
    const version = (head === undefined ? 0 : readRow(headRows, this.table, head).latest) + 1;
    const now = this.clock.now();
    const headRow = { partitionKey: partition, rowKey: "head", form: headRows.form, latest: version };
    const key = { partitionKey: partition, rowKey: `sha:${fresh.sha256}` };
    const holder = { ...key, form: holderRows.form, version };
    const columns = { ...fresh.columns, version, sha256: fresh.sha256, createdAt: now.toISOString() };
    await this.tables.transaction(this.table, [
      head ? { kind: "replace", row: headRow, etag: head.etag } : { kind: "insert", row: headRow },
      { kind: "insert", row: { partitionKey: partition, rowKey: versionKey(version), ...columns } },
      holderEtag ? { kind: "replace", row: holder, etag: holderEtag } : { kind: "insert", row: holder },
      auditInsert(partition, fresh.audit(version), now),
    ]);
    return version;
  }
}
