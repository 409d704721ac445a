import { AppError, messageOf } from "../errors";
import type { ModelSignature } from "../onnx/signature";
import type { RuntimeModel, TensorValue } from "../ports";
import { decodeRows } from "../scoring/decodeRows";

/** one row would not tell a model that takes a fixed number of rows, or answers with another number of values */
const rowCount = 2;
const sumTolerance = 1e-3;

/**
 * Scores rows of zeros and empty texts with a model trained elsewhere; AppError rejected when it fails or does not answer each row with one
 * label or number. Gives the signature, without its probabilities where the numbers beside the labels are none.
 */
export async function smokeTest(
  runtime: Pick<RuntimeModel, "run">,
  signature: ModelSignature,
): Promise<ModelSignature> {
  const row = signature.features.map(({ type }) => (type === "category" ? "" : 0));
  // whatever the use case takes for a value: the model has to stand zeros
  const features = signature.features.map(({ domain: _domain, ...slot }) => slot);
  const { tensors } = decodeRows({ data: Array(rowCount).fill(row) }, { ...signature, features });
  const outputs = await answers(runtime, tensors);
  const answer = signature.labelOutput ?? (signature.valueOutput as string);
  const found = outputs[answer].data.length;
  if (found !== rowCount)
    throw new AppError(
      "rejected",
      `output "${answer}" holds ${found} values for ${rowCount} rows; a model answers each row with one label or one number`,
    );
  const { probabilityOutput, ...rest } = signature;
  if (probabilityOutput === undefined || areProbabilities(outputs[probabilityOutput])) return signature;
  return rest;
}

async function answers(runtime: Pick<RuntimeModel, "run">, tensors: Record<string, TensorValue>) {
  try {
    return await runtime.run(tensors);
  } catch (cause) {
    throw new AppError("rejected", `the model loads but fails on ${rowCount} rows of zeros: ${messageOf(cause)}`, {
      cause,
    });
  }
}

/** Whether each row has a number a class, from 0 to 1 and adding up to 1: distances to centres and margins are no probabilities. */
function areProbabilities({ data }: TensorValue): boolean {
  const values = Array.from(data as Float32Array);
  const classes = values.length / rowCount;
  if (!Number.isInteger(classes) || classes < 2 || values.some((value) => !(value >= 0 && value <= 1 + sumTolerance)))
    return false;
  const sums = Array.from({ length: rowCount }, (_, row) =>
    values.slice(row * classes, (row + 1) * classes).reduce((sum, value) => sum + value, 0),
  );
  return sums.every((sum) => Math.abs(sum - 1) <= sumTolerance);
}
