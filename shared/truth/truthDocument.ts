import { setImmediate as nextTurn } from "node:timers/promises";
import { z } from "zod";
import { documentText, documentType, objectOf, parseDocument } from "../documents";
import { isAppError } from "../errors";
import type { Truth } from "./truth";

/** A line of a truth blob. */
export const truthLines = documentType(
  objectOf<Truth>({
    requestId: z.string().optional(),
    row: z.int().min(0).optional(),
    time: z.string().optional(),
    entity: z.string().optional(),
    label: z.union([z.string(), z.number()]),
    raw: z.string().optional(),
    at: z.string(),
    place: z.int().min(0),
    source: z.string(),
  }),
  [],
);

/** Truths as lines of JSON. */
export function linesOfTruths(truths: readonly Truth[]): string {
  return truths.map((truth) => `${documentText(truthLines, truth)}\n`).join("");
}

const linesAtOnce = 1000;

/** The truths of whole lines; one that cannot be read is logged, and hides no other. */
export async function truthsOfLines(lines: string, blob: string): Promise<Truth[]> {
  const found: Truth[] = [];
  for (const [i, line] of lines.split("\n").entries()) {
    if (i % linesAtOnce === linesAtOnce - 1) await nextTurn(); // requests are answered in between
    const truth = line === "" ? undefined : truthOfLine(line, blob);
    if (truth !== undefined) found.push(truth);
  }
  return found;
}

function truthOfLine(line: string, blob: string): Truth | undefined {
  try {
    return parseDocument(truthLines, Buffer.from(line), blob);
  } catch (error) {
    if (!isAppError(error, "corrupt")) throw error;
    console.warn(error.message);
    return undefined;
  }
}
