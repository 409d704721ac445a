import { createHash } from "node:crypto";
import { type DocumentType, readRow } from "../documents";
import { isAppError } from "../errors";
import { hashedName, type StoredDocument, type VerifiedBlobs, writeHashed } from "../ledger/verifiedBlobs";
import type { BlobStore, TableRow, TableStore } from "../ports";
import { usecaseOfRun } from "./runRecord";
import { resultRows, runRows } from "./runSchemas";

export const runsTable = "runs";
export const runsContainer = "runs";

/** Contents of results by their path in the run's folder. */
type Contents = Record<string, Uint8Array | string>;

/** A stored result; without a hash if an earlier release stored it. */
interface Recorded {
  path: string;
  sha256?: string;
}

/** longer ones are hashed: a row key has at most 512 characters */
const longestKeyPart = 200;
/** a blob with a row, or one that lost its row to another worker's result */
const bearsHash = /\.[0-9a-f]{16}\.[^.]+$/;

/**
 * Results of a run's steps. Each is a blob named after its hash, and a table row with that hash. The row is written
 * last and decides whether there is a result, and which blob it is, so that a crash or another worker leaves nothing
 * half done. Runs of an earlier release have plain blobs instead, which are read unchecked.
 */
export class RunDocuments {
  constructor(
    private readonly tables: TableStore,
    private readonly blobs: BlobStore,
    private readonly verified: VerifiedBlobs,
  ) {}

  /** Stores all results or none: false, and nothing changes, if one of them exists. */
  async keep(runId: string, contents: Contents): Promise<boolean> {
    const rows = await this.write(runId, contents);
    try {
      await this.tables.transaction(
        runsTable,
        rows.map((row) => ({ kind: "insert", row })),
      );
      return true;
    } catch (error) {
      if (isAppError(error, "conflict")) return false;
      throw error;
    }
  }

  /** Stores results, replacing existing ones. */
  async replace(runId: string, contents: Contents): Promise<void> {
    const rows = await this.write(runId, contents);
    await this.tables.transaction(
      runsTable,
      rows.map((row) => ({ kind: "upsert", row })),
    );
  }

  /** A result's bytes, undefined if there is none; AppError corrupt if it has changed. */
  async read(runId: string, path: string): Promise<Uint8Array | undefined> {
    const found = await this.find(runId, path);
    return found && this.verified.read(placeOf(runId, found));
  }

  /** A result as a document of `type`; AppError corrupt also if it cannot be read as one. */
  async readAs<T>(type: DocumentType<T>, runId: string, path: string): Promise<T | undefined> {
    const found = await this.find(runId, path);
    return found && this.verified.readAs(type, placeOf(runId, found));
  }

  async has(runId: string, path: string): Promise<boolean> {
    return (await this.find(runId, path)) !== undefined;
  }

  /** The paths of a folder's results, in order. */
  async paths(runId: string, folder: string): Promise<string[]> {
    return (await this.list(runId, folder)).map(({ path }) => path);
  }

  /** All documents of a folder in the order of their paths; AppError corrupt if one has changed or cannot be read. */
  async readAll<T>(type: DocumentType<T>, runId: string, folder: string): Promise<{ path: string; document: T }[]> {
    const results: { path: string; document: T }[] = [];
    for (const one of await this.list(runId, folder))
      results.push({ path: one.path, document: await this.verified.readAs(type, placeOf(runId, one)) });
    return results;
  }

  private async write(runId: string, contents: Contents): Promise<TableRow[]> {
    return Promise.all(
      Object.entries(contents).map(async ([path, content]) => {
        const place = { container: runsContainer, name: `${runId}/${path}` };
        const { sha256 } = await writeHashed(this.blobs, place, content);
        return { partitionKey: usecaseOfRun(runId), rowKey: keyOf(runId, path), form: resultRows.form, path, sha256 };
      }),
    );
  }

  private async find(runId: string, path: string): Promise<Recorded | undefined> {
    const row = await this.tables.get(runsTable, usecaseOfRun(runId), keyOf(runId, path));
    if (row !== undefined) return readRow(resultRows, runsTable, row);
    if (await this.hasHashes(runId)) return undefined;
    return (await this.blobs.stat(runsContainer, blobOf(runId, { path }))) && { path };
  }

  private async list(runId: string, folder: string): Promise<Recorded[]> {
    const found: Recorded[] = [];
    const prefix = keyOf(runId, folder);
    const range = { from: `${prefix}:`, to: `${prefix};` }; // ";" follows ":"
    for await (const row of this.tables.list(runsTable, usecaseOfRun(runId), range))
      found.push(readRow(resultRows, runsTable, row));
    if (!(await this.hasHashes(runId))) {
      const known = new Set(found.map(({ path }) => path));
      for await (const { name } of this.blobs.list(runsContainer, `${runId}/${folder}/`)) {
        const path = name.slice(runId.length + 1);
        if (!known.has(path) && !bearsHash.test(path)) found.push({ path });
      }
    }
    return found.sort((a, b) => (a.path < b.path ? -1 : 1));
  }

  /** False for a run of an earlier release, in which a result may have no row. */
  private async hasHashes(runId: string): Promise<boolean> {
    const run = await this.tables.get(runsTable, usecaseOfRun(runId), runId);
    return run !== undefined && readRow(runRows, runsTable, run).hashedResults === true;
  }
}

function placeOf(runId: string, one: Recorded): StoredDocument {
  return {
    container: runsContainer,
    name: blobOf(runId, one),
    sha256: one.sha256,
    subject: usecaseOfRun(runId),
  };
}

/** `trials/0/0003.json` of a run is the blob `{run}/trials/0/0003.{start of its hash}.json`. */
function blobOf(runId: string, { path, sha256 }: Recorded): string {
  const name = `${runId}/${path}`;
  return sha256 === undefined ? name : hashedName(name, sha256);
}

/** Row keys cannot contain slashes, and a percent sign would be escaped again on the way. */
function keyOf(runId: string, path: string): string {
  const parts = path.replaceAll("%", "=").split("/");
  const short = (part: string) =>
    part.length > longestKeyPart ? createHash("sha256").update(part).digest("hex") : part;
  return `doc:${runId}:${parts.map(short).join(":")}`;
}
