import { refuseOver } from "../sql/overLimit";
import type { DataLimits } from "../usecase/limitsSpec";
import type { UsecaseSpec } from "../usecase/usecaseSpec";

const mb = 2 ** 20;

/** Refuses a file of more megabytes than the use case takes. */
export function refuseLargeFile(limits: DataLimits, bytes: number): void {
  refuseOver(limits, "fileMb", bytes / mb, `the file has ${Math.ceil(bytes / mb)} MB`);
}

/** Refuses a table with too many cells: these rows times the use case's columns; `who` has them. */
export function refuseCells({ limits, columns }: UsecaseSpec, rows: number, who: string): void {
  const width = Object.keys(columns).length;
  refuseOver(limits, "cells", rows * width, `${who} ${rows * width} cells (${rows} rows of ${width} columns)`);
}
