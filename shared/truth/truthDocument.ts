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

/** The truths of whole lines; one that cannot be read is logged, and hides no other. */
export function truthsOfLines(lines: string, blob: string): Truth[] {
  return lines
    .split("\n")
    .filter((line) => line !== "")
    .flatMap((line) => {
      try {
        return [parseDocument(truthLines, Buffer.from(line), blob)];
      } catch (error) {
        if (!isAppError(error, "corrupt")) throw error;
        console.warn(error.message);
        return [];
      }
    });
}
