import { keyBehind, newestFirst } from "../ledger/auditEntry";
import type { BlobStore, TableStore } from "../ports";
import type { Verdict } from "./verdict";

const table = "monitors";
const container = "monitors";

/** One evaluation of one monitor: what was compared, over which window, and the verdict. */
export interface MonitorResult {
  model: string;
  version: number;
  signal: string;
  at: string;
  verdict: Verdict;
  /** what lacks, where the verdict is insufficient_data or failed */
  reason?: string;
  windowStart: string;
  windowEnd: string;
  targetRows: number;
  /** per feature values, thresholds and verdicts, effective parameters, or why the monitor failed */
  details: unknown;
}

/** Where a result stands in the list of its model, newest first. */
export function resultPlace({ at, signal }: Pick<MonitorResult, "at" | "signal">): string {
  return `${newestFirst(new Date(at))}-${signal}`;
}

/** Monitor results: a row each for listing, the details in blobs. */
export class MonitorStore {
  constructor(
    private readonly tables: TableStore,
    private readonly blobs: BlobStore,
  ) {}

  /** Writes a result; the same instant and signal again replaces it. */
  async save(result: MonitorResult): Promise<void> {
    const { details, ...row } = result;
    const key = resultPlace(result);
    const blob = `${result.model}/${key}.json`;
    await this.blobs.write(container, blob, JSON.stringify(details));
    await this.tables.transaction(table, [
      { kind: "upsert", row: { partitionKey: result.model, rowKey: `result:${key}`, ...row, blob } },
    ]);
  }

  /** The newest `limit` results of a model with their details; only those after the place `after` where one is named. */
  async list(model: string, limit: number, after?: string): Promise<MonitorResult[]> {
    const results: Promise<MonitorResult>[] = [];
    const from = after === undefined ? "result:" : keyBehind(`result:${after}`);
    for await (const row of this.tables.list(table, model, { from, to: "result;", limit })) {
      const { partitionKey: _partition, rowKey: _key, etag: _etag, blob, ...plain } = row;
      results.push(this.withDetails(plain as unknown as MonitorResult, String(blob)));
    }
    return Promise.all(results);
  }

  private async withDetails(result: MonitorResult, blob: string): Promise<MonitorResult> {
    const bytes = await this.blobs.read(container, blob);
    return { ...result, details: bytes && JSON.parse(Buffer.from(bytes).toString("utf8")) };
  }
}
