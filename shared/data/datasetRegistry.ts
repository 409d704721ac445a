import { createHash } from "node:crypto";
import path from "node:path";
import { readRow } from "../documents";
import { AppError } from "../errors";
import { auditInsert } from "../ledger/auditEntry";
import { type OnUnreadable, readableRows } from "../ledger/readable";
import type { VerifiedBlobs } from "../ledger/verifiedBlobs";
import { VersionLedger } from "../ledger/versionLedger";
import type { Clock, TableRow, TableStore } from "../ports";
import { type DatasetRow, datasetRows, profileDocument, type RejectedRow, rejectedRows } from "./datasetDocuments";
import type { DatasetFile } from "./prepareDataset";
import { type DatasetChange, Withdrawals } from "./withdrawals";

const table = "datasets";
export const datasetsContainer = "datasets";
/** partition of what was dropped for unknown use cases, whose names may not be valid table keys */
export const unknownUsecase = "unknown-usecase";

/** An accepted version of a use case's data. */
export interface DatasetVersion extends DatasetRow {
  usecase: string;
  status: "accepted";
}

/** A rejected dataset. */
export interface RejectedDataset extends RejectedRow {
  usecase: string;
  status: "rejected";
}

/** An accepted dataset before it has a version. */
export interface NewDataset extends Omit<DatasetRow, "version" | "createdAt" | "withdrawn"> {
  usecase: string;
  profileSha256: string;
  /** absent for a dropped file */
  by?: Registrant;
}

/** Who registers a dataset that nobody dropped, and why. */
export interface Registrant {
  actor: string;
  reason: string;
}

/** Immutable dataset versions of all use cases, and rejected datasets, in one table. */
export class DatasetRegistry {
  private readonly ledger: VersionLedger;
  private readonly withdrawals: Withdrawals;

  constructor(
    private readonly tables: TableStore,
    private readonly documents: VerifiedBlobs,
    private readonly clock: Clock,
  ) {
    this.ledger = new VersionLedger(tables, table, clock);
    this.withdrawals = new Withdrawals(this.ledger, clock);
  }

  /** Registers an accepted dataset; known bytes return the version they have, unless that is version `instead`. */
  register(dataset: NewDataset, instead?: number): Promise<{ version: number; created: boolean }> {
    const { usecase, sha256, notes, by, ...columns } = dataset;
    return this.ledger.register(usecase, {
      sha256,
      instead,
      columns: { form: datasetRows.form, ...columns, notes: JSON.stringify(notes) },
      audit: (version) => ({
        operation: `dataset-${sha256.slice(0, 16)}`,
        action: "dataset registered",
        actor: by?.actor ?? "blob trigger",
        ...(by && { reason: by.reason }),
        subject: `${usecase} dataset v${version}`,
        details: { sha256, file: dataset.file, rowCount: dataset.rowCount, labelledRows: dataset.labelledRows },
      }),
    });
  }

  /** The version that holds bytes of this hash. */
  findByHash(usecase: string, sha256: string): Promise<number | undefined> {
    return this.ledger.findByHash(usecase, sha256);
  }

  /** Records a rejected dataset with its reasons and an audit entry. */
  async reject(rejection: Omit<RejectedDataset, "status" | "rejectedAt">): Promise<void> {
    const { usecase, sha256, reasons, ...columns } = rejection;
    const now = this.clock.now();
    const name = createHash("sha256").update(rejection.file).digest("hex").slice(0, 16);
    // the same bytes may be wrong for different reasons under different names
    const key = { partitionKey: usecase, rowKey: `rejected:${sha256}:${name}` };
    const row: TableRow = {
      ...key,
      form: rejectedRows.form,
      ...columns,
      sha256,
      reasons: JSON.stringify(reasons),
      rejectedAt: now.toISOString(),
    };
    await this.tables.transaction(table, [
      { kind: "upsert", row },
      auditInsert(
        usecase,
        {
          operation: `rejected-${sha256.slice(0, 16)}-${name}`,
          action: "dataset rejected",
          actor: "blob trigger",
          subject: `${usecase} ${rejection.file}`,
          reason: reasons[0]?.message,
          details: { sha256, reasonCount: rejection.reasonCount },
        },
        now,
      ),
    ]);
  }

  /** Accepted versions, oldest first; one that cannot be read is thrown, or told to `onUnreadable`. */
  versions(usecase: string, onUnreadable?: OnUnreadable): Promise<DatasetVersion[]> {
    return readableRows(this.ledger.list(usecase), (row) => readVersion(usecase, row), onUnreadable);
  }

  /** Accepted versions that nobody has withdrawn, oldest first: what runs learn from. */
  async usedVersions(usecase: string): Promise<DatasetVersion[]> {
    return (await this.versions(usecase)).filter(({ withdrawn }) => withdrawn === undefined);
  }

  /** One version; AppError not_found when there is none. */
  async version(usecase: string, version: number): Promise<DatasetVersion> {
    return readVersion(usecase, await this.row(usecase, version));
  }

  /** Takes a version out of use, so that later runs leave it out; AppError conflict when it is out of use already. */
  async withdraw(change: DatasetChange): Promise<DatasetVersion> {
    const row = await this.row(change.usecase, change.version);
    await this.withdrawals.withdraw(row, readRow(datasetRows, table, row).withdrawn, change);
    return this.version(change.usecase, change.version);
  }

  /** Takes a withdrawn version into use again; AppError conflict when it is in use. */
  async restore(change: DatasetChange): Promise<DatasetVersion> {
    const row = await this.row(change.usecase, change.version);
    await this.withdrawals.restore(row, readRow(datasetRows, table, row).withdrawn, change);
    return this.version(change.usecase, change.version);
  }

  /** Rejected datasets, newest first; one that cannot be read is thrown, or told to `onUnreadable`. */
  async rejected(usecase: string, onUnreadable?: OnUnreadable): Promise<RejectedDataset[]> {
    const rows = this.tables.list(table, usecase, { from: "rejected:", to: "rejected;" });
    const all = await readableRows(rows, (row) => readRejected(usecase, row), onUnreadable);
    return all.sort((a, b) => b.rejectedAt.localeCompare(a.rejectedAt));
  }

  /** First and last time of a version's rows; undefined where the spec names no `time`. */
  async spanOf(dataset: DatasetVersion, time: string | undefined): Promise<{ from: string; to: string } | undefined> {
    if (time === undefined) return undefined;
    if (dataset.from !== undefined && dataset.to !== undefined) return { from: dataset.from, to: dataset.to };
    const { usecase: subject, profile: name, profileSha256: sha256 } = dataset;
    const place = { container: datasetsContainer, name, sha256, subject };
    const { columns } = await this.documents.readAs(profileDocument, place);
    const { min, max } = columns[time] ?? {};
    // the spec named another time column then: the rows may be of any time
    return { from: String(min ?? earliest), to: String(max ?? latest) };
  }

  /** Copies the immutable bytes of a version into a local folder. */
  async copyTo(folder: string, { version, blob, sha256, usecase }: DatasetVersion): Promise<DatasetFile> {
    const file = path.join(folder, `v${version}-${path.basename(blob)}`);
    await this.documents.download({ container: datasetsContainer, name: blob, sha256, subject: usecase }, file);
    return { version, path: file };
  }

  private async row(usecase: string, version: number): Promise<TableRow> {
    const row = await this.ledger.get(usecase, version);
    if (row === undefined) throw new AppError("not_found", `use case "${usecase}" has no dataset version ${version}`);
    return row;
  }
}

const earliest = "0000";
const latest = "9999";

function readVersion(usecase: string, row: TableRow): DatasetVersion {
  return { ...readRow(datasetRows, table, row), usecase, status: "accepted" };
}

function readRejected(usecase: string, row: TableRow): RejectedDataset {
  return { ...readRow(rejectedRows, table, row), usecase, status: "rejected" };
}
