import { AppError } from "../errors";

/** What a file may hold; named as the use case's limits are. */
export interface FileLimits {
  /** of a text, or of the pages of a Parquet file, megabytes */
  unpackedMb: number;
  /** unpacked to packed size of a file that is large unpacked */
  ratio: number;
  columns: number;
  rows: number;
}

const mb = 2 ** 20;
/** a small file may be as empty as it likes */
const ratioFromBytes = 64 * mb;

/**
 * Refuses what is over a limit of the use case: AppError rejected with what was found, the limit, and where it is
 * raised.
 */
export function refuseOver<Name extends string>(
  limits: Record<Name, number>,
  name: Name,
  found: number,
  what: string,
): void {
  if (found > limits[name])
    throw new AppError(
      "rejected",
      `${what}; the limit is ${limits[name]}: make the file smaller, or raise limits.${name} in the use case`,
    );
}

/** Refuses so many unpacked bytes, of a file of `packedBytes`. */
export function refuseUnpacked(limits: FileLimits, unpackedBytes: number, packedBytes: number): void {
  const unpackedMb = Math.ceil(unpackedBytes / mb);
  refuseOver(limits, "unpackedMb", unpackedBytes / mb, `the file has ${unpackedMb} MB or more unpacked`);
  if (unpackedBytes <= ratioFromBytes) return;
  const ratio = unpackedBytes / packedBytes;
  refuseOver(limits, "ratio", ratio, `the file unpacks to ${Math.floor(ratio)} times its size or more`);
}
