import { z } from "zod";
import { documentText, documentType, objectOf, readDerived, unchanged } from "../../documents";
import { fitsBins } from "../../monitoring/profile";
import type { BlobStore } from "../../ports";
import { CaptureReader } from "../captureReader";
import { type Counted, mergeCounted } from "../counting/counted";
import { countedSchema } from "../counting/countedDocument";
import { captureContainer } from "../inferenceLog";
import type { CapturedBlob } from "./capturedBlobs";
import { binsHash, profileContainer, profileFolder, type WatchedLog } from "./watchedLog";

/** What is kept of one captured blob: how far it was read, and what was counted. */
export interface CapturedPart {
  binsHash: string;
  /** the blob's size when it was read last */
  sizeBytes: number;
  /** up to the end of the last whole line */
  bytesRead: number;
  counted: Counted;
}

export const capturedPartDocument = documentType(
  objectOf<CapturedPart>({
    binsHash: z.string(),
    sizeBytes: z.int().min(0),
    bytesRead: z.int().min(0),
    counted: countedSchema,
  }),
  [unchanged],
);

/**
 * The counts of a captured blob up to the size that was listed. Each captured byte is read once: append blobs only
 * grow, and the part goes on where it stopped. A part that dies before it is written is made again from the one before.
 */
export async function capturedPart(log: WatchedLog, blob: CapturedBlob): Promise<Counted> {
  const name = partName(log, blob);
  const kept = await keptPart(log, name);
  if (kept && kept.sizeBytes >= blob.sizeBytes) return kept.counted;
  const part = await readOn(log, blob, kept);
  await log.blobs.write(profileContainer, name, documentText(capturedPartDocument, part));
  return part.counted;
}

/** The counts of a captured blob that nothing is kept of, nor will be. */
export async function countedBlob(log: WatchedLog, blob: CapturedBlob): Promise<Counted> {
  return (await readOn(log, blob)).counted;
}

/** Where the part of a captured blob is kept. */
export function partName(log: WatchedLog, { version, hour, file }: CapturedBlob): string {
  return `${profileFolder(log, "parts")}/v${version}/${hour}/${file}.json`;
}

/** Reads what the blob has beyond the part that is kept. */
async function readOn(log: WatchedLog, blob: CapturedBlob, kept?: CapturedPart): Promise<CapturedPart> {
  const isOther = blob.version !== log.version;
  const served = isOther ? await log.signatureOf(blob.version) : undefined;
  const writer = `v${blob.version}/${blob.file.replace(/\.\d+$/, "")}`;
  return log.turns.take(async () => {
    const { columns, bodies } = log;
    const numbers = kept?.counted.writers[writer];
    const reader = new CaptureReader({ watched: log, served, columns, bodies, numbers });
    const from = kept?.bytesRead ?? 0;
    const bytesRead = from + (await readLines(log.blobs, blob, from, reader));
    const read = reader.counted(writer);
    const counted = kept ? { ...mergeCounted(kept.counted, read), writers: read.writers } : read;
    return { binsHash: binsHash(log), sizeBytes: blob.sizeBytes, bytesRead, counted };
  });
}

/** What was counted before; undefined where that cannot be read, or belongs to other bins. */
async function keptPart(log: WatchedLog, name: string): Promise<CapturedPart | undefined> {
  const kept = await readDerived(log.blobs, { container: profileContainer, name }, capturedPartDocument);
  return kept && kept !== "damaged" && isUsable(log, kept) ? kept : undefined;
}

/** Whether counts were made in the bins of the version under watch. */
export function isUsable(log: WatchedLog, kept: { binsHash: string; counted: Counted }): boolean {
  return kept.binsHash === binsHash(log) && fitsBins(kept.counted.inputs, log.training.bins);
}

const pieceBytes = 4 * 2 ** 20;
const lineEnd = 10;

/** Feeds whole lines to the reader, a few megabytes at a time; returns their size in bytes. */
async function readLines(
  blobs: Pick<BlobStore, "stream">,
  { name, sizeBytes }: CapturedBlob,
  from: number,
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
  for await (const piece of await blobs.stream(captureContainer, name, from, sizeBytes)) {
    pieces.push(piece);
    held += piece.length;
    if (held >= pieceBytes) digest();
  }
  digest();
  return done;
}
