import { z } from "zod";
import type { SpecFault } from "./specFault";

const gridValues = z.array(z.json()).min(1);
/** a continuous range to draw from, for the searches that draw */
const gridRange = z.strictObject({
  from: z.number(),
  to: z.number(),
  scale: z.enum(["linear", "log"]).default("linear"),
  integer: z.boolean().default(false),
});

/** A learner, and the values of its parameters that are tried. */
export const candidateSpec = z.strictObject({
  learner: z.string(),
  /** parameter -> the values to try, or a range to draw from; with a grid search every combination is one trial */
  grid: z.record(z.string(), z.union([gridValues, gridRange])).default({}),
});

/** Which combinations of the candidates' values are tried, and which one is taken. */
export const searchSpec = z.strictObject({
  /**
   * every combination; `trials` drawn ones; or many drawn ones on few rows, of which the best third goes on to three
   * times the rows
   */
  kind: z.enum(["grid", "random", "halving"]).default("grid"),
  /** how many combinations the drawing searches try */
  trials: z.int().min(1).max(500).default(20),
  /** halving: one of so many trials goes on */
  eta: z.int().min(2).max(10).default(3),
  /** takes the smallest model of the best learner within one standard error of the best */
  oneStandardError: z.boolean().default(true),
  /** ... where that is worse by no more than this share of the best one's metric */
  oneStandardErrorCost: z.number().min(0).default(0.005),
  /** one fit may take so many seconds of processor time; a trial that takes more is left out */
  fitSeconds: z.number().positive().max(70).default(70),
});

type Search = z.infer<typeof searchSpec>;
type Candidate = z.infer<typeof candidateSpec>;

/** Finds ranges that the search cannot draw from. */
export function checkSearch(spec: { candidates: Candidate[]; search: Search }, fault: SpecFault): void {
  for (const [at, { grid }] of spec.candidates.entries())
    for (const [name, values] of Object.entries(grid))
      for (const message of rangeFaults(spec.search, values)) fault(["candidates", at, "grid", name], message);
}

/** What is wrong with a range to draw from; nothing with a list. */
export function rangeFaults(search: Search, values: Candidate["grid"][string]) {
  if (Array.isArray(values)) return [];
  const faults: string[] = [];
  if (search.kind === "grid")
    faults.push('a range needs a search that draws: set search.kind to "random" or "halving"');
  if (values.from >= values.to) faults.push(`the range ends at ${values.to}, which is not above ${values.from}`);
  if (values.scale === "log" && values.from <= 0) faults.push("a log scale needs a range above 0");
  return faults;
}
