import { createReadStream, createWriteStream } from "node:fs";
import { stat } from "node:fs/promises";
import { Transform, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { TextDecoder } from "node:util";
import { createGunzip } from "node:zlib";
import { AppError } from "../errors";
import { CsvScanner, type CsvShape } from "./csvScanner";
import { type FileLimits, refuseOver, refuseUnpacked } from "./overLimit";

const byteOrderMark = Buffer.from([0xef, 0xbb, 0xbf]);

export interface PlainCsv {
  /** the unpacked file; the given one where it was plain */
  path: string;
  shape: CsvShape;
}

/**
 * Unpacks a .csv.gz beside itself and checks the structure of the text; AppError rejected when the file is empty, cut
 * off, binary or, as soon as that is seen, over a limit. The SQL reader would take the readable part of a cut-off gzip
 * file for the whole.
 */
export async function unpackCsv(file: string, limits: FileLimits): Promise<PlainCsv> {
  const scanner = new CsvScanner();
  const { size: packedBytes } = await stat(file);
  const checkLimits = (bytes: number) => {
    refuseUnpacked(limits, bytes, packedBytes);
    refuseOver(limits, "columns", scanner.columns, `the file has ${scanner.columns} columns or more`);
    refuseOver(limits, "rows", scanner.rows, `the file has ${scanner.rows} rows or more`);
  };
  const packed = file.endsWith(".gz");
  const path = packed ? `${file.slice(0, -".gz".length)}.plain` : file;
  const sink = packed ? createWriteStream(path) : discard();
  const source = createReadStream(file, { highWaterMark: 1 << 20 });
  try {
    if (packed) await pipeline(source, createGunzip({ chunkSize: 1 << 20 }), inspect(scanner, checkLimits), sink);
    else await pipeline(source, inspect(scanner, checkLimits), sink);
  } catch (cause) {
    if (cause instanceof AppError || !isUnpackFault(cause)) throw cause;
    throw new AppError("rejected", "the gzip file is damaged or incomplete: upload it again", { cause });
  }
  return { path, shape: scanner.finish() };
}

/** The lines of the file on which the given rows start. */
export async function linesOfRows(path: string, rows: number[]): Promise<Map<number, number>> {
  const scanner = new CsvScanner(new Set(rows));
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), inspect(scanner), discard());
  return scanner.finish().lines;
}

/** `check` is called after each chunk with the number of bytes so far, and may throw. */
function inspect(scanner: CsvScanner, check: (bytes: number) => void = () => undefined): Transform {
  let size = 0;
  const decoder = new TextDecoder("utf-8", { fatal: true });
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const isFirst = size === 0;
      size += chunk.length;
      if (isFirst && isUtf16(chunk)) return done(rejected("the text is UTF-16: save the file as UTF-8"));
      if (chunk.includes(0)) return done(rejected("the file is binary, not text: a .csv file of UTF-8 text is needed"));
      const hasMark = isFirst && chunk.subarray(0, byteOrderMark.length).equals(byteOrderMark);
      if (!decodes(decoder, chunk)) return done(rejected("the text is not UTF-8: save the file as UTF-8"));
      scanner.push(hasMark ? chunk.subarray(byteOrderMark.length) : chunk);
      try {
        check(size);
      } catch (error) {
        return done(error as Error);
      }
      done(undefined, chunk);
    },
    flush(done) {
      done(decodes(decoder) ? undefined : rejected("the text ends in the middle of a character: upload it again"));
    },
  });
}

/** Whether the next chunk, or without one the end, is valid. */
function decodes(decoder: TextDecoder, chunk?: Buffer): boolean {
  try {
    decoder.decode(chunk, { stream: chunk !== undefined });
    return true;
  } catch {
    return false; // the only thing that decoding complains of
  }
}

function rejected(message: string): AppError {
  return new AppError("rejected", message);
}

function isUtf16(chunk: Buffer): boolean {
  return chunk.length > 1 && ((chunk[0] === 0xff && chunk[1] === 0xfe) || (chunk[0] === 0xfe && chunk[1] === 0xff));
}

function discard(): Writable {
  return new Writable({ write: (_chunk, _encoding, done) => done() });
}

/** zlib's own error codes begin with Z_; anything else (a full disk) is not the file's fault */
function isUnpackFault(cause: unknown): boolean {
  return String((cause as { code?: unknown }).code).startsWith("Z_");
}
