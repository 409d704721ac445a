import { z } from "zod";
import {
  anyFields,
  type DocumentType,
  documentText,
  documentType,
  objectOf,
  parseDocument,
  readRow,
  unchanged,
} from "../documents";
import { AppError } from "../errors";
import { keyBehind, newestFirst } from "../ledger/auditEntry";
import { cutText } from "../ledger/cutText";
import { type OnUnreadable, readable } from "../ledger/readable";
import type { BlobStore, TableRow, TableStore } from "../ports";
import { type Finding, findingSchema } from "./finding";
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
  /** what a person should know; absent in results of earlier releases */
  sentence?: string;
  /** everything that was judged, one entry each; none in results of earlier releases */
  findings: Finding[];
  /** what was compared and by which settings, in the signal's own terms */
  details: object;
}

const longestSentence = 2000;

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
    sentence: z.string().optional(),
    /** with the details */
    blob: z.string(),
    /** with the findings */
    findingsBlob: z.string().optional(),
  }),
  [unchanged],
);

/** The findings of a result, beside its details. */
export const findingsDocument = documentType(
  objectOf<Pick<MonitorResult, "findings">>({ findings: z.array(findingSchema) }),
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

/** Which results of a model are listed. */
export interface ResultQuery {
  limit: number;
  /** the place of a result: only those after it */
  after?: string;
  /** only those of the signal of this name */
  signal?: string;
  /** only those that were evaluated at or after, and before, these instants */
  from?: Date;
  to?: Date;
}

/** A result whose findings and details are read when they are asked for. */
export interface MonitorOutline extends Omit<MonitorResult, "findings" | "details"> {
  /** undefined where they cannot be read, which is then told to `onUnreadable` */
  documents(onUnreadable?: OnUnreadable): Promise<Pick<MonitorResult, "findings" | "details"> | undefined>;
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
    const { details, findings, sentence, ...row } = result;
    const key = resultPlace(result);
    const blob = `${result.model}/${key}.json`;
    const findingsBlob = `${result.model}/${key}.findings.json`;
    await Promise.all([
      this.blobs.write(container, blob, documentText(detailsOf(result.signal), details)),
      this.blobs.write(container, findingsBlob, documentText(findingsDocument, { findings })),
    ]);
    const told = sentence === undefined ? {} : { sentence: cutText(sentence, longestSentence) };
    const kept = { form: rows.form, ...row, ...told, blob, findingsBlob };
    const rowKeys = [`result:${key}`, `${seriesPrefix(result.signal)}${key}`];
    await this.tables.transaction(
      table,
      rowKeys.map((rowKey) => ({ kind: "upsert", row: { partitionKey: result.model, rowKey, ...kept } })),
    );
  }

  /**
   * The newest results of a model that a query names, with their findings and details. A result that cannot be read is
   * thrown, or told to `onUnreadable` and left out.
   */
  async list(model: string, query: ResultQuery, onUnreadable?: OnUnreadable): Promise<MonitorResult[]> {
    const { limit, signal, after } = query;
    const prefix = signal === undefined ? "result:" : seriesPrefix(signal);
    const results: MonitorResult[] = [];
    let { from, to } = placesOf(prefix, query);
    if (after !== undefined && keyBehind(`${prefix}${after}`) > from) from = keyBehind(`${prefix}${after}`);
    for (;;) {
      const found: TableRow[] = [];
      for await (const row of this.tables.list(table, model, { from, to, limit })) found.push(row);
      const read = await Promise.all(found.map((row) => this.withDetails(row, onUnreadable)));
      results.push(...read.filter((result) => result !== undefined));
      if (found.length < limit || results.length >= limit) return results.slice(0, limit);
      from = keyBehind(found[found.length - 1].rowKey);
    }
  }

  /** When the signal was last evaluated for a model; undefined where it never was. */
  async lastAt(model: string, signal: string): Promise<Date | undefined> {
    const prefix = seriesPrefix(signal);
    for await (const row of this.tables.list(table, model, { ...placesOf(prefix, {}), limit: 1 }))
      return new Date(String(row.at));
    return undefined;
  }

  /** The newest results of a model in a range, without their documents: thousands cost a few calls. */
  async outlines(
    model: string,
    query: Omit<ResultQuery, "after" | "signal">,
    onUnreadable?: OnUnreadable,
  ): Promise<MonitorOutline[]> {
    const found: MonitorOutline[] = [];
    for await (const row of this.tables.list(table, model, { ...placesOf("result:", query), limit: query.limit })) {
      const outline = this.outlineOf(row, onUnreadable);
      if (outline !== undefined) found.push(outline);
    }
    return found;
  }

  private async withDetails(row: TableRow, onUnreadable?: OnUnreadable): Promise<MonitorResult | undefined> {
    const outline = this.outlineOf(row, onUnreadable);
    if (outline === undefined) return undefined;
    const { documents, ...result } = outline;
    const read = await documents(onUnreadable);
    return read && { ...result, ...read };
  }

  private outlineOf(row: TableRow, onUnreadable?: OnUnreadable): MonitorOutline | undefined {
    const read = readable(() => readRow(rows, table, row), onUnreadable);
    if (read === undefined) return undefined;
    const { blob, findingsBlob, ...result } = read;
    return { ...result, documents: (told) => this.documents(result.signal, blob, findingsBlob, told) };
  }

  private async documents(
    signal: string,
    name: string,
    findingsBlob: string | undefined,
    onUnreadable?: OnUnreadable,
  ): Promise<Pick<MonitorResult, "findings" | "details"> | undefined> {
    const [bytes, findingsBytes] = await Promise.all([
      this.blobs.read(container, name),
      findingsBlob === undefined ? undefined : this.blobs.read(container, findingsBlob),
    ]);
    return readable(() => {
      const details = parseStored(detailsOf(signal), name, bytes);
      if (findingsBlob === undefined) return { findings: [], details };
      return { ...parseStored(findingsDocument, findingsBlob, findingsBytes), details };
    }, onUnreadable);
  }
}

/** Every signal's results have rows of their own, so that one is listed without reading the others. */
function seriesPrefix(signal: string): string {
  return `series:${signal}:`;
}

/** The keys of a query's range, newest first: the later instant comes first. */
function placesOf(prefix: string, { from, to }: Pick<ResultQuery, "from" | "to">): { from: string; to: string } {
  return {
    // the place of an instant precedes those of its results, which go on with "-"
    from: to === undefined ? prefix : `${prefix}${newestFirst(new Date(to.getTime() - 1))}`,
    to: from === undefined ? `${prefix.slice(0, -1)};` : `${prefix}${newestFirst(from)}.`,
  };
}

function parseStored<T>(type: DocumentType<T>, name: string, bytes: Uint8Array | undefined): T {
  const place = `${container}/${name}`;
  if (bytes === undefined) throw new AppError("corrupt", `the stored document ${place} is gone`);
  return parseDocument(type, bytes, place);
}
