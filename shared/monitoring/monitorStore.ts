import { z } from "zod";
import {
  anyFields,
  type DocumentType,
  documentText,
  documentType,
  parseDocument,
  readRow,
  unchanged,
} from "../documents";
import { AppError } from "../errors";
import { keyBehind, newestFirst } from "../ledger/auditEntry";
import { type OnUnreadable, readable } from "../ledger/readable";
import type { BlobStore, TableRow, TableStore } from "../ports";
import { signals } from "./signals/registry";
import { type Verdict, verdict } from "./verdict";

const table = "monitors";
const container = "monitors";

/** One evaluation of one monitor: what was compared, over which window, and the verdict. */
export interface MonitorResult {
  model: string;
  version: number;
  signal: string;
  at: string;
  verdict: Verdict;
  /** what is missing, where the verdict is insufficient_data or failed */
  reason?: string;
  windowStart: string;
  windowEnd: string;
  targetRows: number;
  /** what was compared and by which settings, in the signal's own terms */
  details: object;
}

const rows = documentType(
  z.object({
    model: z.string(),
    version: z.number(),
    signal: z.string(),
    at: z.iso.datetime(),
    verdict,
    reason: z.string().optional(),
    windowStart: z.iso.datetime(),
    windowEnd: z.iso.datetime(),
    targetRows: z.number(),
    /** with the details */
    blob: z.string(),
  }),
  [unchanged],
);

/** Details of a signal that this release does not have. */
const unknownDetails: DocumentType<object> = documentType(
  anyFields.transform(({ form: _form, ...details }) => details),
  [unchanged],
);

function detailsOf(signal: string): DocumentType<object> {
  return signals.find(([, { name }]) => name === signal)?.[1].document ?? unknownDetails;
}

/** Where a result stands in the list of its model, newest first. */
export function resultPlace({ at, signal }: Pick<MonitorResult, "at" | "signal">): string {
  return `${newestFirst(new Date(at))}-${signal}`;
}

/** Monitor results: one row each for listing, the details in blobs. */
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
    await this.blobs.write(container, blob, documentText(detailsOf(result.signal), details));
    await this.tables.transaction(table, [
      { kind: "upsert", row: { partitionKey: result.model, rowKey: `result:${key}`, form: rows.form, ...row, blob } },
    ]);
  }

  /**
   * The newest `limit` results of a model with their details; only those after the place `after` where one is named. A
   * result that cannot be read is thrown, or told to `onUnreadable` and left out.
   */
  async list(model: string, limit: number, after?: string, onUnreadable?: OnUnreadable): Promise<MonitorResult[]> {
    const results: MonitorResult[] = [];
    let from = after === undefined ? "result:" : keyBehind(`result:${after}`);
    for (;;) {
      const found: TableRow[] = [];
      for await (const row of this.tables.list(table, model, { from, to: "result;", limit })) found.push(row);
      const read = await Promise.all(found.map((row) => this.withDetails(row, onUnreadable)));
      results.push(...read.filter((result) => result !== undefined));
      if (found.length < limit || results.length >= limit) return results.slice(0, limit);
      from = keyBehind(found[found.length - 1].rowKey);
    }
  }

  private async withDetails(row: TableRow, onUnreadable?: OnUnreadable): Promise<MonitorResult | undefined> {
    const read = readable(() => readRow(rows, table, row), onUnreadable);
    if (read === undefined) return undefined;
    const { blob: name, ...result } = read;
    const bytes = await this.blobs.read(container, name);
    const details = readable(() => parseDetails(result.signal, name, bytes), onUnreadable);
    return details && { ...result, details };
  }
}

function parseDetails(signal: string, name: string, bytes: Uint8Array | undefined): object {
  const place = `${container}/${name}`;
  if (bytes === undefined) throw new AppError("corrupt", `the stored document ${place} is gone`);
  return parseDocument(detailsOf(signal), bytes, place);
}
