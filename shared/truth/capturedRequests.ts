import { setImmediate as nextTurn } from "node:timers/promises";
import { captureContainer } from "../capture/inferenceLog";
import type { BlobStore } from "../ports";

/** An answered request as the inference log keeps it. */
export interface CapturedRequest {
  id: string;
  version: number;
  /** when it was answered, epoch ms */
  timeMs: number;
  rows: number;
  format: string;
  /** as its format keeps it; absent where it was too large to keep */
  inputs?: unknown;
  outputs?: CapturedOutputs;
}

/** Predictions as columns, one entry for each row. */
export interface CapturedOutputs {
  label?: string[];
  probability?: (number | null)[];
  probabilities?: number[][];
  value?: number[];
}

const pieceBytes = 4 * 2 ** 20;
const lineEnd = 10;
const linesAtOnce = 50;

/**
 * The answered requests of a capture blob from byte `from` (a line's start) up to `to`, each once, and where the last
 * whole line ends; damaged lines are left out.
 */
export async function* capturedRequests(
  blobs: BlobStore,
  name: string,
  from: number,
  to: number,
): AsyncGenerator<CapturedRequest, number> {
  let rest = Buffer.alloc(0);
  let done = from;
  let last = 0;
  for await (const piece of await pieces(blobs, name, from, to)) {
    const bytes = Buffer.concat([rest, piece]);
    const end = bytes.lastIndexOf(lineEnd) + 1;
    rest = bytes.subarray(end);
    done += end;
    for (const [i, line] of bytes.toString("utf8", 0, end).split("\n").entries()) {
      if (i % linesAtOnce === linesAtOnce - 1) await nextTurn(); // requests are answered in between
      const read = line === "" ? undefined : readRequest(line);
      if (read === undefined) continue;
      const { sequence, request } = read;
      if (sequence !== undefined && sequence <= last) continue; // an append whose response was lost was sent again
      last = sequence ?? last;
      if (request !== undefined) yield request;
    }
  }
  return done;
}

async function* pieces(blobs: BlobStore, name: string, from: number, to: number): AsyncIterable<Buffer> {
  let held: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of await blobs.stream(captureContainer, name, from, to)) {
    held.push(piece);
    bytes += piece.length;
    if (bytes < pieceBytes) continue;
    yield Buffer.concat(held, bytes);
    held = [];
    bytes = 0;
  }
  yield Buffer.concat(held, bytes);
}

interface Line {
  id: string;
  time: string;
  modelversion: number;
  sequence?: string;
  data: { status: number; rows: number; format?: string; inputs: unknown; outputs: CapturedOutputs | null };
}

/** A line with its number; without a request where it was refused. */
function readRequest(text: string): { sequence?: number; request?: CapturedRequest } | undefined {
  const line = parsed(text);
  if (line?.data === undefined) return undefined;
  const { id, time, modelversion, sequence, data } = line;
  const number = sequence === undefined ? undefined : Number(sequence);
  if (data.status !== 200) return { sequence: number };
  const { rows, format = "plain", inputs, outputs } = data;
  const known = { ...(inputs !== null && { inputs }), ...(outputs !== null && { outputs }) };
  const request = { id, version: modelversion, timeMs: Date.parse(time), rows, format, ...known };
  return { sequence: number, request };
}

function parsed(text: string): Line | undefined {
  try {
    return JSON.parse(text) as Line;
  } catch {
    return undefined; // a damaged line: the window profile counts it
  }
}
