/** A fault that keeps a file from being read: the data row that it is in, where it is in one. */
export interface FileFault {
  row?: number;
  message: string;
}

export interface FileFaults {
  faults: FileFault[];
  /** how many there are; `faults` holds the first ones */
  faultCount: number;
}

/**
 * A file that can be read: SQL of its rows (the row number and `sourceColumn`s), and the names that it gives its
 * columns.
 */
export interface TableFile {
  sql: string;
  names: string[];
  rowCount: number;
  /** lines of a text file on which rows start; none for Parquet */
  linesOf(rows: number[]): Promise<Map<number, number>>;
}
