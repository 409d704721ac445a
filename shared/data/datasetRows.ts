import { AppError } from "../errors";
import type { UsecaseSpec } from "../usecase/usecaseSpec";
import type { DatasetRegistry, DatasetVersion } from "./datasetRegistry";
import type { DataWork } from "./dataTasks";

/** Which rows of a dataset version, and how they are written. */
export interface RowsWanted {
  format: "csv" | "parquet";
  /** from 1 */
  first: number;
  most: number;
}

/**
 * Writes rows of a dataset version into a file for `use`, which is told how many rows the version has; the file is gone
 * afterwards. AppError invalid_input if there is no row `first`.
 */
export async function datasetRows<T>(
  { datasets, dataWork }: { datasets: DatasetRegistry; dataWork: DataWork },
  spec: UsecaseSpec,
  dataset: DatasetVersion,
  wanted: RowsWanted,
  use: (file: string, rowCount: number) => Promise<T>,
): Promise<T> {
  if (wanted.first > dataset.rowCount)
    throw new AppError("invalid_input", `first: the version has ${dataset.rowCount} rows`, {
      details: [{ path: "first", message: `the version has ${dataset.rowCount} rows` }],
    });
  return dataWork.inFolder(async (folder, perform) => {
    const { path: file } = await datasets.copyTo(folder, dataset);
    const written = await perform({ kind: "export", file, spec, ...wanted });
    if (written.faults.length > 0)
      throw new AppError("corrupt", `the version cannot be read: ${written.faults[0].message}`);
    return use(written.path, written.rowCount);
  });
}
