/** A blob's name, size and entity tag as a listing or a read reports them. */
export interface BlobInfo {
  name: string;
  sizeBytes: number;
  etag: string;
  lastModified: Date;
}

export interface BlobStore {
  /** The bytes of a blob, from byte `offset` on; undefined when there is no such blob. */
  read(container: string, name: string, offset?: number): Promise<Uint8Array | undefined>;
  /** Writes a blob that must not exist yet; false (and nothing written) when it does. */
  create(container: string, name: string, content: Uint8Array | string, contentType?: string): Promise<boolean>;
  /** Writes a blob, whatever was there. */
  write(container: string, name: string, content: Uint8Array | string, contentType?: string): Promise<void>;
  /**
   * Appends to an append blob, made on demand; one call is one atomic append of at most 100 MiB. Fails when `signal`
   * aborts: then it may be written or not.
   */
  append(container: string, name: string, content: Uint8Array, signal?: AbortSignal): Promise<void>;
  /** The blobs of a container whose name starts with `prefix`, in name order; none when the container is missing. */
  list(container: string, prefix?: string): AsyncIterable<BlobInfo>;
  /** The folders directly below `prefix` ("a/b/"), each with the prefix and a slash at its end, in name order. */
  folders(container: string, prefix: string): AsyncIterable<string>;
  /** Removes a blob; nothing happens where there is none. */
  remove(container: string, name: string): Promise<void>;
  /** Size and entity tag of a blob; undefined when there is none. */
  stat(container: string, name: string): Promise<BlobInfo | undefined>;
  /** Streams a blob into a local file; AppError not_found when there is none. */
  download(container: string, name: string, path: string): Promise<void>;
  /** Streams a local file into a blob that must not exist yet; false when it does. */
  upload(container: string, name: string, path: string, contentType?: string): Promise<boolean>;
  /** The bytes of a blob in chunks of about `chunkBytes`, from byte `offset` up to `end` (exclusive). */
  stream(container: string, name: string, offset: number, end: number): Promise<AsyncIterable<Uint8Array>>;
}

/** What a table row may hold; objects are stored as JSON by whoever writes the row. */
export type TableValue = string | number | boolean | Date | undefined;
export type TableRow = { partitionKey: string; rowKey: string; etag?: string } & Record<string, TableValue>;

export type TableOperation =
  /** Fails the transaction with AppError conflict when the row exists. */
  | { kind: "insert"; row: TableRow }
  /** Replaces the row; with an etag, fails with AppError precondition_failed when the row has changed or is gone. */
  | { kind: "replace"; row: TableRow; etag?: string }
  /** Inserts or replaces. */
  | { kind: "upsert"; row: TableRow }
  /** Removes the row, whatever it holds; fails the transaction with AppError precondition_failed when it is gone. */
  | { kind: "delete"; row: Pick<TableRow, "partitionKey" | "rowKey"> };

export interface TableStore {
  get(table: string, partitionKey: string, rowKey: string): Promise<TableRow | undefined>;
  /** Rows of one partition in row-key order, `from` inclusive, `to` exclusive. */
  list(
    table: string,
    partitionKey: string,
    range?: { from?: string; to?: string; limit?: number },
  ): AsyncIterable<TableRow>;
  /** All or nothing; every operation on the same partition; at most 100. */
  transaction(table: string, operations: TableOperation[]): Promise<void>;
}

export interface QueueSender {
  /** Sends `message` as JSON text. */
  send(queue: string, message: object, options?: { delaySeconds?: number }): Promise<void>;
}

export interface QueueLengths {
  /** About how many messages wait; 0 where there is no such queue. */
  length(queue: string): Promise<number>;
}

export interface Clock {
  now(): Date;
}

export type TelemetryAttributes = Record<string, string | number | boolean>;

export interface Telemetry {
  /** A custom event: names and numbers about the work, never a row's data. */
  event(name: string, attributes?: TelemetryAttributes, measurements?: Record<string, number>): void;
  /** One value of a metric series. */
  metric(name: string, value: number, attributes?: TelemetryAttributes): void;
  /**
   * Runs one function invocation as a request of its own: what it does, storage calls among it, is correlated with it.
   */
  invocation<T>(invocation: Invocation, work: () => Promise<T>): Promise<T>;
  /** Sends what is buffered; called at the end of invocations that no HTTP caller waits for. */
  flush(): Promise<void>;
}

/** A function invocation as telemetry names it. */
export interface Invocation {
  functionName: string;
  invocationId: string;
  /** the caller's W3C trace context, where there is one */
  traceParent?: string;
  /** absent for work that no HTTP caller waits for */
  http?: { method: string; route: string };
}

export type TensorType = "FP32" | "FP64" | "INT64" | "INT32" | "BOOL" | "BYTES";

/** One graph input or output; -1 marks a dynamic dimension. */
export interface TensorInfo {
  name: string;
  datatype: TensorType;
  shape: number[];
}

/** One batch of values: numbers or booleans in typed arrays, BYTES as an array of strings; row-major. */
export interface TensorValue {
  datatype: TensorType;
  shape: number[];
  data: Float32Array | Float64Array | BigInt64Array | Int32Array | Uint8Array | string[];
}

/** A model held in memory by the runtime. */
export interface RuntimeModel {
  inputs: TensorInfo[];
  outputs: TensorInfo[];
  run(inputs: Record<string, TensorValue>): Promise<Record<string, TensorValue>>;
  release(): Promise<void>;
  /** memory that it takes whatever its size, where that is much */
  overheadBytes?: number;
}

export interface ModelRuntime {
  /** Loads ONNX bytes; AppError rejected with the runtime's reason when they are not a usable model. */
  load(bytes: Uint8Array): Promise<RuntimeModel>;
}

export type SqlValue = string | number | boolean | bigint | null;

/** One column of a result: numbers as doubles (NaN for NULL), the rest as strings or null. */
export interface SqlColumns {
  rowCount: number;
  columns: Record<string, Float64Array | (string | null)[]>;
}

export interface SqlSession {
  run(sql: string, parameters?: SqlValue[]): Promise<void>;
  /** Rows as objects; for small results. */
  rows(sql: string, parameters?: SqlValue[]): Promise<Record<string, SqlValue>[]>;
  /** Whole columns; for large results. */
  columns(sql: string, parameters?: SqlValue[]): Promise<SqlColumns>;
}

export interface SqlEngine {
  /**
   * Opens an in-memory database that reads and writes `folder` and nothing else, closed after `work`; without one, a
   * folder of its own, gone afterwards.
   */
  withSession<T>(work: (session: SqlSession, folder: string) => Promise<T>, folder?: string): Promise<T>;
}
