import { AppError } from "../errors";
import type { TensorInfo } from "../ports";

/** How large a model that was trained elsewhere may be. */
export interface ModelLimits {
  bytes: number;
  /** of all inputs together, and of all outputs */
  columns: number;
}

const maxNameLength = 200;

/** Refuses a file that is too large to be tried out; AppError rejected. */
export function refuseLargeModel(file: Uint8Array, { bytes }: ModelLimits): void {
  const mb = (size: number) => Math.ceil(size / 2 ** 20);
  if (file.byteLength > bytes)
    throw new AppError(
      "rejected",
      `the model file has ${mb(file.byteLength)} MB; the limit is ${mb(bytes)} (TIDEGATE_MAX_MODEL_MB)`,
    );
}

/**
 * Refuses a graph with too many columns or too long names, before anything is allocated for them; AppError rejected.
 */
export function refuseWideModel(
  { inputs, outputs }: { inputs: TensorInfo[]; outputs: TensorInfo[] },
  { columns }: ModelLimits,
): void {
  for (const [what, tensors] of [
    ["inputs", inputs],
    ["outputs", outputs],
  ] as const) {
    const found = tensors.reduce((sum, { shape }) => sum + widthOf(shape), 0);
    if (found > columns)
      throw new AppError(
        "rejected",
        `the model's ${what} have ${found} columns; the limit is ${columns} (TIDEGATE_MAX_MODEL_COLUMNS)`,
      );
    const longest = tensors.reduce((most, { name }) => Math.max(most, name.length), 0);
    if (longest > maxNameLength)
      throw new AppError(
        "rejected",
        `one of the model's ${what} has a name of ${longest} characters; the limit is ${maxNameLength}`,
      );
  }
}

/** Values per row: the product of the fixed dimensions after the first. */
function widthOf(shape: number[]): number {
  return shape.slice(1).reduce((product, size) => product * Math.max(size, 1), 1);
}
