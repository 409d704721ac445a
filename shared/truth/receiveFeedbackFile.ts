import { createReadStream } from "node:fs";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { createInterface } from "node:readline";
import { z } from "zod";
import type { AlertStore } from "../alerts/alertStore";
import { noSuchName } from "../closestName";
import type { DataWork, ExportOutcome } from "../data/dataTasks";
import { refuseLargeFile } from "../data/overLimit";
import { documentText, documentType, readDocument } from "../documents";
import { isAppError } from "../errors";
import { entityName } from "../names";
import type { BlobStore } from "../ports";
import type { Usecase } from "../usecase/loadUsecases";
import type { UsecaseSpec } from "../usecase/usecaseSpec";
import { type FeedbackAnswer, type FeedbackPorts, giveFeedback } from "./giveFeedback";
import { truthContainer } from "./truthStore";

export interface ReceiveFeedbackPorts extends FeedbackPorts {
  usecases: Map<string, Usecase>;
  alerts: AlertStore;
  blobs: BlobStore;
  dataWork: DataWork;
}

/** A file of the feedback inbox; `folder` names its model. */
export interface FeedbackFile {
  folder: string;
  file: string;
  bytes: Uint8Array;
  sha256: string;
  /** when it was dropped, by storage's clock */
  droppedAt?: Date;
}

export type FeedbackOutcome = { status: "accepted"; summary: string } | { status: "rejected"; reason: string };

const extensions = [".csv.gz", ".csv", ".parquet"];
const columns = ["requestId", "row", "entity", "time", "label"];
const rejectedRule = "feedback-rejected";
/** so many rows are judged and stored at once */
const rowsAtOnce = 5000;

/** when the bytes of a file were first dropped: what they say counts from then on, however often they come again */
const firstDrop = documentType(z.object({ at: z.string(), file: z.string() }), []);

/**
 * Takes the truths of a dropped file: each row like a row of `POST /feedback`, told when the file was dropped. A file
 * without any usable row is rejected, and an alert says why. Safe to repeat; the same bytes count once.
 */
export async function receiveFeedbackFile(ports: ReceiveFeedbackPorts, file: FeedbackFile): Promise<FeedbackOutcome> {
  const outcome = await judgeFile(ports, file);
  if (outcome.status === "rejected") return rejectFeedbackFile(ports, file, outcome.reason);
  await ports.alerts.resolve(subjectOf(file), rejectedRule, `${file.folder}/${file.file}`);
  return outcome;
}

/** Records a file as rejected: raises the alert that names it. */
export async function rejectFeedbackFile(
  { alerts }: Pick<ReceiveFeedbackPorts, "alerts">,
  { folder, file, sha256 }: Omit<FeedbackFile, "bytes">,
  reason: string,
): Promise<FeedbackOutcome> {
  const shown = `${folder}/${file}`;
  await alerts.raise({
    subject: subjectOf({ folder }),
    rule: rejectedRule,
    severity: "warning",
    summary: `the feedback ${shown} was rejected: ${reason}`,
    evidence: { file: shown, sha256, reason },
    file: shown,
  });
  return { status: "rejected", reason };
}

function subjectOf({ folder }: { folder: string }): string {
  return entityName.test(folder) ? folder : "tidegate";
}

async function judgeFile(ports: ReceiveFeedbackPorts, file: FeedbackFile): Promise<FeedbackOutcome> {
  const rejected = (reason: string): FeedbackOutcome => ({ status: "rejected", reason });
  const spec = ports.usecases.get(file.folder)?.spec;
  if (spec === undefined) return rejected(noSuchName("use case", file.folder, ports.usecases.keys()));
  const extension = extensions.find((one) => file.file.toLowerCase().endsWith(one));
  if (extension === undefined) return rejected(`the file's name must end in ${extensions.join(", ")}`);
  if (file.bytes.byteLength === 0) return rejected("the file is empty");
  try {
    refuseLargeFile(spec.limits, file.bytes.byteLength);
    return await ports.dataWork.inFolder(async (folder, perform) => {
      const local = path.join(folder, `feedback${extension}`);
      await writeFile(local, file.bytes);
      const found = await perform({ kind: "export", file: local, spec, format: "jsonl" });
      const fault = faultOf(found);
      return fault === undefined ? tellRows(ports, spec, file, found) : rejected(fault);
    });
  } catch (error) {
    if (!isAppError(error, "rejected")) throw error;
    return rejected(error.message);
  }
}

/** What keeps the whole file from being read. */
function faultOf({ faults, names }: ExportOutcome): string | undefined {
  if (faults.length > 0) return faults[0].message;
  const known = `the columns are ${columns.slice(0, -1).join(", ")} and label`;
  if (names.some((name) => !columns.includes(name))) return `the file has other columns: ${known}`;
  if (new Set(names).size < names.length) return `a column appears more than once in the file: ${known}`;
  if (!names.includes("label")) return `the column "label" is missing: ${known}`;
  if (!names.includes("requestId") && !names.includes("time"))
    return 'the file needs the column "requestId", or "time" (and "entity", where the use case has one)';
  return undefined;
}

async function tellRows(
  ports: ReceiveFeedbackPorts,
  spec: UsecaseSpec,
  file: FeedbackFile,
  { names, path: rows }: ExportOutcome,
): Promise<FeedbackOutcome> {
  const first = await firstDropOf(ports, file);
  const source = { source: `file ${first.file}`, at: first.at };
  const tally = new Tally();
  let some: object[] = [];
  const tell = async () => {
    const answers = await giveFeedback(ports, spec, some, { ...source, firstPlace: tally.rows });
    for (const answer of answers) tally.add(answer);
    some = [];
  };
  for await (const line of createInterface({ input: createReadStream(rows) })) {
    some.push(rowOf(names, JSON.parse(line) as (string | null)[]));
    if (some.length === rowsAtOnce) await tell();
  }
  await tell();
  return tally.outcome;
}

/** A row as it would be sent; an empty cell is a field that is not there. */
function rowOf(names: readonly string[], cells: readonly (string | null)[]): object {
  const known = names.flatMap((name, i) => {
    const text = cells[i]?.trim() ?? "";
    if (text === "") return [];
    return [[name, name === "row" && /^\d{1,9}$/.test(text) ? Number(text) : text]];
  });
  return Object.fromEntries(known);
}

/** Counts answers, and keeps the first reason of refused rows. */
class Tally {
  rows = 0;
  private readonly counts = new Map<FeedbackAnswer["status"], number>();
  private firstReason?: string;

  add({ status, reason }: FeedbackAnswer): void {
    this.rows++;
    this.counts.set(status, (this.counts.get(status) ?? 0) + 1);
    if (status === "refused") this.firstReason ??= `row ${this.rows}: ${reason}`;
  }

  get outcome(): FeedbackOutcome {
    if (this.counts.get("refused") === this.rows)
      return { status: "rejected", reason: `no row can be used; ${this.firstReason}` };
    const counted = [...this.counts].map(([status, count]) => `${count} ${status}`).sort();
    const why = this.firstReason === undefined ? "" : ` (${this.firstReason})`;
    return { status: "accepted", summary: `${this.rows} rows: ${counted.join(", ")}${why}` };
  }
}

/** Storage cuts times to whole seconds: a file is newer than what was sent earlier in the second of its drop. */
const storageSecondMs = 999;

async function firstDropOf(
  { blobs, clock }: ReceiveFeedbackPorts,
  { folder, file, sha256, droppedAt }: FeedbackFile,
): Promise<{ at: string; file: string }> {
  const place = { container: truthContainer, name: `${folder}/files/${sha256}.json` };
  const at = droppedAt === undefined ? clock.now() : new Date(droppedAt.getTime() + storageSecondMs);
  const first = { at: at.toISOString(), file };
  if (await blobs.create(place.container, place.name, documentText(firstDrop, first))) return first;
  return (await readDocument(blobs, place, firstDrop)) ?? first;
}
