import { mergeProfiles, type Profile } from "../../monitoring/profile";
import type { CellFaults, MomentSums, PredictionProfile, ValueSums } from "../../monitoring/windowProfile";
import { addCounts } from "./addCounts";
import { type EntityRuns, mergeRuns } from "./entityRuns";
import { mergeMoments } from "./momentCounter";
import { addValueCounts, firstByHash } from "./nameSample";
import { mergePredictions } from "./predictionCounter";
import { mergeCopies, type RowCopies } from "./rowCopies";
import { mergeWriters, type Writers } from "./writers";

/** The faults of a column's cells; the longest run is kept by entity, in `runs`. */
export type CountedFaults = Omit<CellFaults, "longestRun">;

/** What is counted of some captured requests, in the bins of the version under watch; parts add up in order of time. */
export interface Counted {
  rows: number;
  inputs: Profile;
  /** in the order of the inputs */
  faults: CountedFaults[];
  runs: EntityRuns;
  moments: MomentSums;
  /** of the version under watch only */
  predictions: PredictionProfile;
  copies: RowCopies;
  unknownFields: Record<string, number>;
  /** by input, then by value */
  unseenValues: Record<string, Record<string, number>>;
  /** ISO time of the newest answered request */
  newestAt?: string;
  /** requests by status */
  refused: Record<string, number>;
  /** damaged lines, and those whose format is unknown or cannot read them */
  unreadableRequests: number;
  /** rows of requests whose bodies were too large to keep */
  omittedRows: number;
  /** the lines' numbers, by the process and served version that wrote them */
  writers: Writers;
}

export const mostUnknownFields = 50;

/** The counts of the requests of `before` followed by those of `after`. */
export function mergeCounted(before: Counted, after: Counted): Counted {
  const newestAt = [before.newestAt, after.newestAt].reduce((a, b) => (a === undefined || (b ?? "") > a ? b : a));
  return {
    rows: before.rows + after.rows,
    inputs: mergeProfiles(before.inputs, after.inputs),
    faults: before.faults.map((faults, i) => mergeFaults(faults, after.faults[i])),
    runs: mergeRuns(before.runs, after.runs, before.faults.length),
    moments: mergeMoments(before.moments, after.moments),
    predictions: mergePredictions(before.predictions, after.predictions),
    copies: mergeCopies(before.copies, after.copies),
    unknownFields: firstByHash(addCounts(before.unknownFields, after.unknownFields), mostUnknownFields),
    unseenValues: addValueCounts(before.unseenValues, after.unseenValues, before.faults.length),
    ...(newestAt !== undefined && { newestAt }),
    refused: addCounts(before.refused, after.refused),
    unreadableRequests: before.unreadableRequests + after.unreadableRequests,
    omittedRows: before.omittedRows + after.omittedRows,
    writers: mergeWriters(before.writers, after.writers),
  };
}

/** No faults. */
export function noFaults(): CountedFaults {
  return { missing: 0, wrongType: 0, outOfRange: 0, outside: null, beyondFences: 0, sentinels: 0 };
}

function mergeFaults(a: CountedFaults, b: CountedFaults): CountedFaults {
  return {
    missing: a.missing + b.missing,
    wrongType: a.wrongType + b.wrongType,
    outOfRange: a.outOfRange + b.outOfRange,
    outside: mergeSums(a.outside, b.outside),
    beyondFences: a.beyondFences + b.beyondFences,
    sentinels: a.sentinels + b.sentinels,
  };
}

function mergeSums(a: ValueSums | null, b: ValueSums | null): ValueSums | null {
  if (a === null || b === null) return a ?? b;
  return {
    sum: a.sum + b.sum,
    sumSquares: a.sumSquares + b.sumSquares,
    min: Math.min(a.min, b.min),
    max: Math.max(a.max, b.max),
  };
}
