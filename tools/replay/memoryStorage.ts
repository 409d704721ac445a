import { readFile, writeFile } from "node:fs/promises";
import { AppError } from "../../shared/errors";
import type {
  BlobInfo,
  BlobStore,
  QueueLengths,
  QueueSender,
  TableOperation,
  TableRow,
  TableStore,
} from "../../shared/ports";
import { SortedMap } from "./sortedMap";

interface StoredBlob {
  pieces: Buffer[];
  sizeBytes: number;
  etag: string;
  lastModified: Date;
}

/** Messages of a queue that wait, as a trigger would get them. */
export interface MemoryQueues extends QueueSender, QueueLengths {
  /** Takes the oldest message; undefined where none waits. A delay is not waited for. */
  take(queue: string): unknown;
}

/**
 * A storage account in memory, at a simulated time: a year of timers asks storage some million times, which no emulator
 * answers in minutes. It is held to the same tests as the adapters of the real one.
 */
export function createMemoryStorage(now: () => Date): { blobs: BlobStore; tables: TableStore; queues: MemoryQueues } {
  return { blobs: memoryBlobs(now), tables: memoryTables(), queues: memoryQueues() };
}

function memoryBlobs(now: () => Date): BlobStore {
  const containers = new Map<string, SortedMap<StoredBlob>>();
  let changes = 0;
  const container = (name: string) => {
    const found = containers.get(name) ?? new SortedMap<StoredBlob>();
    containers.set(name, found);
    return found;
  };
  const put = (name: string, blob: string, pieces: Buffer[]) => {
    const sizeBytes = pieces.reduce((sum, piece) => sum + piece.length, 0);
    container(name).set(blob, { pieces, sizeBytes, etag: `"${++changes}"`, lastModified: now() });
  };
  const infoOf = (name: string, { sizeBytes, etag, lastModified }: StoredBlob): BlobInfo => ({
    name,
    sizeBytes,
    etag,
    lastModified,
  });
  const bytesOf = (stored: StoredBlob) => {
    if (stored.pieces.length > 1) stored.pieces = [Buffer.concat(stored.pieces)];
    return stored.pieces[0] ?? Buffer.alloc(0);
  };
  const must = (name: string, blob: string) => {
    const stored = container(name).get(blob);
    if (stored === undefined) throw new AppError("not_found", `there is no blob ${name}/${blob}`);
    return bytesOf(stored);
  };
  const create = (name: string, blob: string, content: Uint8Array | string) => {
    if (container(name).get(blob) !== undefined) return false;
    put(name, blob, [Buffer.from(content)]);
    return true;
  };
  return {
    read: async (name, blob, offset = 0) => {
      const stored = container(name).get(blob);
      return stored && Uint8Array.from(bytesOf(stored).subarray(offset));
    },
    create: async (name, blob, content) => create(name, blob, content),
    write: async (name, blob, content) => put(name, blob, [Buffer.from(content)]),
    append: async (name, blob, content) =>
      put(name, blob, [...(container(name).get(blob)?.pieces ?? []), Buffer.from(content)]),
    async *list(name, prefix = "") {
      for (const [blob, stored] of container(name).range(prefix)) {
        if (!blob.startsWith(prefix)) return;
        yield infoOf(blob, stored);
      }
    },
    async *folders(name, prefix) {
      let last = "";
      for (const [blob] of container(name).range(prefix)) {
        if (!blob.startsWith(prefix)) return;
        const end = blob.indexOf("/", prefix.length) + 1;
        const folder = blob.slice(0, end);
        if (end > 0 && folder !== last) yield folder;
        if (end > 0) last = folder;
      }
    },
    stat: async (name, blob) => {
      const stored = container(name).get(blob);
      return stored && infoOf(blob, stored);
    },
    remove: async (name, blob) => container(name).delete(blob),
    download: async (name, blob, path) => writeFile(path, must(name, blob)),
    upload: async (name, blob, path) => create(name, blob, await readFile(path)),
    stream: async (name, blob, offset, end) => {
      const bytes = must(name, blob).subarray(offset, end);
      return (async function* () {
        yield Uint8Array.from(bytes);
      })();
    },
  };
}

function memoryTables(): TableStore {
  const partitions = new Map<string, SortedMap<TableRow>>();
  let changes = 0;
  const partition = (table: string, key: string) => {
    const name = `${table}\n${key}`;
    const found = partitions.get(name) ?? new SortedMap<TableRow>();
    partitions.set(name, found);
    return found;
  };
  const check = (table: string, operation: TableOperation) => {
    const { row } = operation;
    const stored = partition(table, row.partitionKey).get(row.rowKey);
    if (operation.kind === "delete" && stored === undefined)
      throw new AppError("precondition_failed", `the row ${row.rowKey} of ${table} is gone`);
    if (operation.kind === "insert" && stored !== undefined)
      throw new AppError("conflict", `the row ${row.rowKey} of ${table} exists`);
    if (
      operation.kind === "replace" &&
      (stored === undefined || (operation.etag !== undefined && stored.etag !== operation.etag))
    )
      throw new AppError("precondition_failed", `the row ${row.rowKey} of ${table} has changed or is gone`);
  };
  return {
    get: async (table, partitionKey, rowKey) => {
      const row = partition(table, partitionKey).get(rowKey);
      return row && { ...row };
    },
    async *list(table, partitionKey, { from, to, limit = Number.POSITIVE_INFINITY } = {}) {
      for (const [, row] of partition(table, partitionKey).range(from, to).slice(0, limit)) yield { ...row };
    },
    transaction: async (table, operations) => {
      for (const operation of operations) check(table, operation);
      for (const operation of operations) {
        const { partitionKey, rowKey } = operation.row;
        if (operation.kind === "delete") partition(table, partitionKey).delete(rowKey);
        else
          partition(table, partitionKey).set(rowKey, { ...known(operation.row), etag: String(++changes) } as TableRow);
      }
    },
  };
}

/** A table keeps no property that is undefined. */
function known(row: TableRow): Partial<TableRow> {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== undefined));
}

function memoryQueues(): MemoryQueues {
  const waiting = new Map<string, string[]>();
  return {
    send: async (queue, message) => {
      waiting.set(queue, [...(waiting.get(queue) ?? []), JSON.stringify(message)]);
    },
    length: async (queue) => waiting.get(queue)?.length ?? 0,
    take: (queue) => {
      const text = waiting.get(queue)?.shift();
      return text === undefined ? undefined : JSON.parse(text);
    },
  };
}
