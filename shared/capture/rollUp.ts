import { createHash } from "node:crypto";
import { documentText, readDerived } from "../documents";
import { emptyProfile, type FeatureBins, fitsBins, mergeProfiles, type Profile } from "../monitoring/profile";
import type { TrainingProfile } from "../monitoring/trainingProfile";
import type { ModelSignature } from "../onnx/signature";
import type { BlobStore } from "../ports";
import { hourMs, hourPath, startOfHour } from "../time";
import { CaptureReader, type LineNumbers, type RowsOf } from "./captureReader";
import { captureContainer } from "./inferenceLog";
import { type RollUp, rollUpDocument } from "./rollUpDocument";

export interface RollUpRequest {
  blobs: BlobStore;
  model: string;
  version: number;
  signature: ModelSignature;
  training: TrainingProfile;
  rowsOf: RowsOf;
  /** the window; its granularity is the whole hour, UTC */
  from: Date;
  to: Date;
}

export interface RollUpResult {
  profile: Profile;
  rows: number;
  /** rows read from the log in this call; the others were rolled up before */
  newRows: number;
  /** lines of the window, whenever they were read, that are damaged or cannot be read by their format */
  unreadableLines: number;
  /** rows of requests whose bodies were too large to keep */
  omittedRows: number;
  /** requests whose lines are missing between others of the same process, which could not write them */
  lostRequests: number;
}

const container = "profiles";
/** increased when profiles contain something new; older objects are then rolled up again from the log */
const profileFormat = 2;

/**
 * The profile of all rows captured for a version in a window. Each captured byte is read once: append blobs only grow,
 * and for each a small object keeps the profile so far and the offset; a roll-up that dies before writing the object
 * starts again from the old one. One that cannot be read is made again.
 */
export async function rollUpCapture(request: RollUpRequest): Promise<RollUpResult> {
  const binsHash = hashOf(request.training.bins);
  const result: RollUpResult = {
    profile: emptyProfile(request.training.bins),
    rows: 0,
    newRows: 0,
    unreadableLines: 0,
    omittedRows: 0,
    lostRequests: 0,
  };
  const gaps = new Gaps();
  for (const prefix of hourPrefixes(request)) {
    const written: { process: string; numbers: LineNumbers }[] = [];
    for await (const { name, sizeBytes } of request.blobs.list(captureContainer, prefix)) {
      const { rollUp, newRows } = await rollUpBlob(request, binsHash, name, sizeBytes);
      result.profile = mergeProfiles(result.profile, rollUp.profile);
      result.newRows += newRows;
      result.unreadableLines += rollUp.unreadableLines;
      result.omittedRows += rollUp.omittedRows ?? 0;
      if (rollUp.numbers) written.push({ process: processOf(name), numbers: rollUp.numbers });
    }
    gaps.addHour(written);
  }
  return { ...result, rows: result.profile.rows, lostRequests: gaps.missing };
}

/** Counts the sequence numbers missing within and between the blobs of each process. */
class Gaps {
  missing = 0;
  private readonly lastOf = new Map<string, number>();

  /** Adds the blobs of the next hour; a process has several if one was full. */
  addHour(written: { process: string; numbers: LineNumbers }[]): void {
    for (const { process, numbers } of written.sort((a, b) => a.numbers.first - b.numbers.first)) {
      const { first, last, count } = numbers;
      const before = this.lastOf.get(process);
      this.missing += last - first + 1 - count;
      // a process that was idle for an hour starts again from 1
      if (before !== undefined && first > before) this.missing += first - before - 1;
      this.lastOf.set(process, last);
    }
  }
}

/** The process that wrote a blob: its name without the part number. */
function processOf(name: string): string {
  return name.slice(name.lastIndexOf("/") + 1).replace(/(\.\d+)?\.jsonl$/, "");
}

function hashOf(bins: FeatureBins[]): string {
  return createHash("sha256")
    .update(JSON.stringify([profileFormat, bins]))
    .digest("hex")
    .slice(0, 16);
}

/** One listing per hour of the window: about 700 short ones for a month. */
function* hourPrefixes({ model, version, from, to }: RollUpRequest): Iterable<string> {
  for (let hour = startOfHour(from.getTime()); hour <= to.getTime(); hour += hourMs)
    yield `${model}/v${version}/${hourPath(new Date(hour))}/`;
}

async function rollUpBlob(request: RollUpRequest, binsHash: string, name: string, sizeBytes: number) {
  const start = await startOf(request, binsHash, name);
  if (start.bytesRead >= sizeBytes) return { rollUp: start, newRows: 0 };
  const { signature, training, rowsOf } = request;
  const reader = new CaptureReader({ signature, bins: training.bins, rowsOf, numbers: start.numbers });
  const bytesRead = start.bytesRead + (await readLines(request.blobs, name, start.bytesRead, sizeBytes, reader));
  const rollUp: RollUp = {
    binsHash,
    bytesRead,
    unreadableLines: start.unreadableLines + reader.unreadableLines,
    omittedRows: (start.omittedRows ?? 0) + reader.omittedRows,
    numbers: reader.numbers,
    profile: mergeProfiles(start.profile, reader.profile),
  };
  await request.blobs.write(container, profileName(name), documentText(rollUpDocument, rollUp));
  return { rollUp, newRows: reader.profile.rows };
}

/** What was rolled up before; nothing where that cannot be read, or belongs to other bins. */
async function startOf({ blobs, training }: RollUpRequest, binsHash: string, name: string): Promise<RollUp> {
  const kept = await readDerived(blobs, { container, name: profileName(name) }, rollUpDocument);
  const isUsable = kept && kept !== "damaged" && kept.binsHash === binsHash && fitsBins(kept.profile, training.bins);
  return isUsable ? kept : { binsHash, bytesRead: 0, unreadableLines: 0, profile: emptyProfile(training.bins) };
}

function profileName(name: string): string {
  return name.replace(/\.jsonl$/, ".json");
}

const pieceBytes = 4 * 2 ** 20;
const lineEnd = 10;

/** Feeds whole lines to the reader, a few megabytes at a time; returns their size in bytes. */
async function readLines(
  blobs: BlobStore,
  name: string,
  from: number,
  to: number,
  reader: CaptureReader,
): Promise<number> {
  let pieces: Uint8Array[] = [];
  let held = 0;
  let done = 0;
  const digest = () => {
    const bytes = Buffer.concat(pieces, held);
    const end = bytes.lastIndexOf(lineEnd) + 1;
    reader.add(bytes.toString("utf8", 0, end));
    done += end;
    pieces = [bytes.subarray(end)];
    held = bytes.length - end;
  };
  for await (const piece of await blobs.stream(captureContainer, name, from, to)) {
    pieces.push(piece);
    held += piece.length;
    if (held >= pieceBytes) digest();
  }
  digest();
  return done;
}
