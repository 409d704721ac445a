import { z } from "zod";

/**
 * What a dropped file may hold, so that none takes the memory, the disk or the time of what serves; checked before the
 * work that they bound.
 */
export const limitsSpec = z.strictObject({
  /** of a file as it is dropped, megabytes */
  fileMb: z.number().positive().default(256),
  /** of the text of a file, or of the pages of a Parquet file, unpacked, megabytes */
  unpackedMb: z.number().positive().default(1024),
  /** unpacked to packed size, where a file is larger than 64 MB unpacked */
  ratio: z.number().min(1).default(100),
  /** columns of a file, those that the use case does not name among them */
  columns: z.int().min(1).default(2000),
  /** rows of a file */
  rows: z.int().min(1).default(1_200_000),
  /** rows times the use case's columns, of all dataset versions that are trained on together */
  cells: z.int().min(1).default(12_000_000),
});

export type DataLimits = z.infer<typeof limitsSpec>;
