import { AppError } from "../errors";
import type { DataLimits } from "../usecase/limitsSpec";
import type { UsecaseSpec } from "../usecase/usecaseSpec";

const mb = 2 ** 20;
/** a small file may be as empty as it likes */
const ratioFromBytes = 64 * mb;

/** Refuses what is over a limit of the use case: AppError rejected with what was found, the limit, and where it is raised. */
export function refuseOver(limits: DataLimits, name: keyof DataLimits, found: number, what: string): void {
  if (found > limits[name])
    throw new AppError(
      "rejected",
      `${what}; the limit is ${limits[name]}: make the file smaller, or raise limits.${name} in the use case`,
    );
}

/** Refuses so many unpacked bytes, of a file of `packedBytes`. */
export function refuseUnpacked(limits: DataLimits, unpackedBytes: number, packedBytes: number): void {
  const unpackedMb = Math.ceil(unpackedBytes / mb);
  refuseOver(limits, "unpackedMb", unpackedBytes / mb, `the file has ${unpackedMb} MB or more unpacked`);
  if (unpackedBytes <= ratioFromBytes) return;
  const ratio = unpackedBytes / packedBytes;
  refuseOver(limits, "ratio", ratio, `the file unpacks to ${Math.floor(ratio)} times its size or more`);
}

/** Refuses a file of more megabytes than the use case takes. */
export function refuseLargeFile(limits: DataLimits, bytes: number): void {
  refuseOver(limits, "fileMb", bytes / mb, `the file has ${Math.ceil(bytes / mb)} MB`);
}

/** Refuses so many rows of the use case's columns; `who` has them. */
export function refuseCells({ limits, columns }: UsecaseSpec, rows: number, who: string): void {
  const width = Object.keys(columns).length;
  refuseOver(limits, "cells", rows * width, `${who} ${rows * width} cells (${rows} rows of ${width} columns)`);
}
