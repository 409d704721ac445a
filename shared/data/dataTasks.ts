import type { FileFault } from "../sql/tableFile";
import type { UsecaseSpec } from "../usecase/usecaseSpec";
import type { DatasetCheck } from "./checkDataset";
import type { CheckResult } from "./checkResult";
import type { KnownRows } from "./compareVersions";
import type { DatasetFile } from "./prepareDataset";
import type { PreparedCounts } from "./preparedData";
import type { ColumnProfile } from "./profileDataset";

/** Checks a dropped file and describes it. Files of a task lie in the folder that it was given. */
export interface InspectTask {
  kind: "inspect";
  file: string;
  spec: UsecaseSpec;
  /** epoch ms; what was observed later is a fault */
  nowMs: number;
}

/** `profile`, and with a time `span` (ISO), where the file is accepted. */
export interface InspectOutcome {
  check: DatasetCheck;
  profile?: Record<string, ColumnProfile>;
  span?: { from: string; to: string };
}

/** Compares an accepted file with versions before it; gives KnownRows. */
export interface CompareTask {
  kind: "compare";
  file: string;
  earlier: DatasetFile[];
  spec: UsecaseSpec;
}

/**
 * Prepares dataset versions for training, in two files of the task's folder: as training reads them, and as Parquet for
 * auditors.
 */
export interface PrepareTask {
  kind: "prepare";
  files: DatasetFile[];
  spec: UsecaseSpec;
}

export interface PrepareOutcome {
  /** paths of the files: encoded PreparedData, and Parquet */
  prepared: string;
  parquet: string;
  counts: PreparedCounts;
  trainRows: number;
  folds: number;
  /** labelled rows that each version brought */
  rowsOfVersion: { version: number; rows: number }[];
}

/**
 * Checks rows that a PrepareTask wrote, before anything is trained on them; a task of its own, so that it has the
 * memory to itself.
 */
export interface CheckTask {
  kind: "check";
  prepared: string;
  spec: UsecaseSpec;
}

/**
 * Writes rows of a table file, as they stand there, into a file of the task's folder: arrays of texts as lines of JSON
 * (null where a cell is empty), CSV, or Parquet in the types of the spec's columns.
 */
export interface ExportTask {
  kind: "export";
  file: string;
  spec: UsecaseSpec;
  format: "jsonl" | "csv" | "parquet";
  /** the first row, from 1; and at most so many from there on */
  first?: number;
  most?: number;
}

export interface ExportOutcome {
  /** why the file cannot be read, if it cannot */
  faults: FileFault[];
  faultCount: number;
  /** the columns' names, and how many rows the file has */
  names: string[];
  rowCount: number;
  /** what was written */
  path: string;
}

interface Outcomes {
  inspect: InspectOutcome;
  compare: KnownRows;
  prepare: PrepareOutcome;
  check: CheckResult[];
  export: ExportOutcome;
}

export type DataTask = InspectTask | CompareTask | PrepareTask | CheckTask | ExportTask;
export type DataOutcome<T extends DataTask> = Outcomes[T["kind"]];

/** Work on datasets, which may be large or hostile: it stays out of the process that serves. */
export interface DataWork {
  /**
   * Makes a folder for `work`, which puts files there, has tasks performed, and reads what they wrote; it is gone
   * afterwards. One at a time. A task fails with AppError rejected when it needs more memory or time than it may.
   */
  inFolder<T>(
    work: (folder: string, perform: <One extends DataTask>(task: One) => Promise<DataOutcome<One>>) => Promise<T>,
  ): Promise<T>;
}
