import { z } from "zod";
import {
  anyFields,
  type DocumentType,
  documentText,
  documentType,
  readDocument,
  readRow,
  unchanged,
} from "../documents";
import { AppError } from "../errors";
import { keyBehind, newestFirst } from "../ledger/auditEntry";
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
   * The newest `limit` results of a model with their details; only those after the place `after` where one is named.
   */
  async list(model: string, limit: number, after?: string): Promise<MonitorResult[]> {
    const results: Promise<MonitorResult>[] = [];
    const from = after === undefined ? "result:" : keyBehind(`result:${after}`);
    for await (const row of this.tables.list(table, model, { from, to: "result;", limit }))
      results.push(this.withDetails(row));
    return Promise.all(results);
  }

  private async withDetails(row: TableRow): Promise<MonitorResult> {
    const { blob: name, ...result } = readRow(rows, table, row);
    const details = await readDocument(this.blobs, { container, name }, detailsOf(result.signal));
    if (details === undefined) throw new AppError("corrupt", `the stored document ${container}/${name} is gone`);
    return { ...result, details };
  }
}
