import type { RejectionReason } from "./rejectionReason";

/** What was found when a file was opened; without reasons against it, the view `raw` holds its rows. */
export interface OpenedDataset {
  reasons: RejectionReason[];
  reasonCount: number;
  notes: string[];
  /** lines of a text file on which rows start; none for Parquet */
  linesOf(rows: number[]): Promise<Map<number, number>>;
}

/** How to read a file that is in order: SQL of its rows (columns s0, s1, ... and the row number), and the names it gives them. */
export interface DatasetSource {
  sql: string;
  names: string[];
  rowCount: number;
  linesOf: OpenedDataset["linesOf"];
}

/** Faults that keep a file from being read at all. */
export interface FileFaults {
  reasons: RejectionReason[];
  reasonCount: number;
}
