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

/** A result that is there; no hash in a run of an earlier release that went on under this one. */
interface Recorded {
  path: string;
  sha256?: string;
}

/** longer ones are hashed: a row key has at most 512 characters */
const longestKeyPart = 200;
/** a blob that has a row, or whose row another worker's result took */
const bearsHash = /\.[0-9a-f]{16}\.[^.]+$/;

/**
 * Results of a run's steps. Each is a blob whose name bears its hash, and a table row with that hash: the row is written last and decides
 * whether the result is there and which it is, so that a kill in between or another worker's blob leaves nothing half done. Runs of an
 * earlier release have plain blobs instead, which are read as they are.
 */
export class RunDocuments {
  constructor(
    private readonly tables: TableStore,
    private readonly blobs: BlobStore,
    private readonly verified: VerifiedBlobs,
  ) {}

  /** Stores results, all or none: false, and what is there stays, where one of them is there already. */
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

  /** Stores results, whatever was there. */
  async replace(runId: string, contents: Contents): Promise<void> {
    const rows = await this.write(runId, contents);
    await this.tables.transaction(
      runsTable,
      rows.map((row) => ({ kind: "upsert", row })),
    );
  }

  /** A result's bytes, undefined when it is not there; AppError corrupt when it is not what was stored. */
  async read(runId: string, path: string): Promise<Uint8Array | undefined> {
    const found = await this.find(runId, path);
    return found && this.verified.read(placeOf(runId, found));
  }

  /** `read`, as a document of `type`; AppError corrupt too where it cannot be. */
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

  /** Every document of a folder, in the order of their paths; AppError corrupt when one is not what was stored. */
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

  /** False for a run of an earlier release, where a missing row says nothing. */
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

/** Row keys know no slash, and a percent sign is escaped anew on the way. */
function keyOf(runId: string, path: string): string {
  const parts = path.replaceAll("%", "=").split("/");
  const short = (part: string) =>
    part.length > longestKeyPart ? createHash("sha256").update(part).digest("hex") : part;
  return `doc:${runId}:${parts.map(short).join(":")}`;
}
