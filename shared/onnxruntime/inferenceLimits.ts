/** What a model may use before it is stopped. */
export interface InferenceLimits {
  /** for one run on up to a hundred rows, ms */
  timeoutMs: number;
  /** of the whole process that runs it, bytes; enforced where the system reports it (Linux) */
  memoryBytes: number;
}

/** a load reads no rows, and large models load slowly */
export const loadLimitMs = 30_000;

const freeRows = 100;
/** so many rows beyond the free ones add the whole limit once more */
const rowsPerLimit = 1_000;
/** characters of JSON that are read in a millisecond on a slow machine */
const charactersPerMs = 20_000;

/** How long one run may take: the limit for up to 100 rows, plus a thousandth of it for each further row. */
export function runLimitMs(timeoutMs: number, rows: number): number {
  return timeoutMs * (1 + Math.max(0, rows - freeRows) / rowsPerLimit);
}

/** How long decoding a request may take before the run begins. */
export function readLimitMs(timeoutMs: number, characters: number): number {
  return timeoutMs + characters / charactersPerMs;
}
