import { AppError, isAppError, messageOf } from "../errors";
import type { ModelSignature } from "../onnx/signature";
import type { RuntimeModel, TensorValue } from "../ports";
import { rowsWithout, type TrialRows, trialRows } from "./trialRows";

const sumTolerance = 1e-3;
/** features whose missing values are tried in one call */
const featuresARun = 250;
/** a wider model is not tried on missing values: it is assumed to accept none */
const mostFeatures = 2_000;

type Runtime = Pick<RuntimeModel, "run">;
type Outputs = Record<string, TensorValue>;

/**
 * Tries a model trained elsewhere on rows of many kinds; AppError rejected if it fails, does not finish, or does not
 * answer each row with one label or one finite number. Returns the signature that the trial confirms: without
 * probabilities if the numbers beside the labels are something else, and with features that may be missing as nullable.
 */
export async function smokeTest(runtime: Runtime, signature: ModelSignature): Promise<ModelSignature> {
  let found = signature;
  for (const rows of trialRows(signature)) {
    const outputs = await answers(runtime, rows, signature);
    if (outputs) found = judge(outputs, rows, found);
  }
  return withNullable(runtime, found);
}

/** The model's outputs; undefined if it fails on whole numbers, which may be out of range for its lookup table. */
async function answers(runtime: Runtime, rows: TrialRows, { inputs }: ModelSignature): Promise<Outputs | undefined> {
  try {
    return await runtime.run(rows.tensors);
  } catch (cause) {
    const wasStopped = isAppError(cause, "rejected");
    const takesWholeNumbers = inputs.some(({ datatype }) => datatype === "INT64" || datatype === "INT32");
    if (!wasStopped && !rows.isUsual && takesWholeNumbers) return undefined;
    throw new AppError("rejected", `the model loads but fails on ${rows.name}: ${messageOf(cause)}`, { cause });
  }
}

/** The signature in view of these outputs. */
function judge(outputs: Outputs, rows: TrialRows, signature: ModelSignature): ModelSignature {
  const { labelOutput, valueOutput, probabilityOutput, ...rest } = signature;
  for (const answer of [labelOutput, valueOutput])
    if (answer !== undefined) checkCount(outputs[answer], answer, rows.rowCount);
  if (labelOutput !== undefined && rest.classes) checkLabels(outputs[labelOutput], labelOutput, rest.classes);
  if (valueOutput !== undefined && rows.isUsual && !areFinite(outputs[valueOutput]))
    throw new AppError("rejected", `output "${valueOutput}" holds values that are not finite numbers for ${rows.name}`);
  if (probabilityOutput === undefined || areProbabilities(outputs[probabilityOutput], rows.rowCount)) return signature;
  if (rows.isUsual && labelOutput !== undefined) return { ...rest, labelOutput, valueOutput };
  throw new AppError(
    "rejected",
    `output "${probabilityOutput}" holds values that are not probabilities for ${rows.name}; each row needs one number from 0 to 1 per class, adding up to 1`,
  );
}

function checkCount({ data }: TensorValue, answer: string, rowCount: number): void {
  if (data.length === rowCount) return;
  const of = rowCount === 1 ? "1 row" : `${rowCount} rows`;
  throw new AppError(
    "rejected",
    `output "${answer}" holds ${data.length} values for ${of}; a model answers each row with one label or one number`,
  );
}

/** A label that is not among the classes would have no probability. */
function checkLabels({ data }: TensorValue, output: string, classes: string[]): void {
  const known = new Set(classes);
  if (Array.from(data as string[], String).every((label) => known.has(label))) return;
  throw new AppError(
    "rejected",
    `output "${output}" holds labels that are not among the classes, which are ${classes.slice(0, 20).join(", ")}`,
  );
}

function areFinite({ data }: TensorValue): boolean {
  return Array.from(data as Float32Array, Number).every(Number.isFinite);
}

/** Whether each row has a number from 0 to 1 per class that add up to 1, unlike distances to centres, or margins. */
function areProbabilities({ data }: TensorValue, rowCount: number): boolean {
  const values = Array.from(data as Float32Array);
  const classes = values.length / rowCount;
  if (!Number.isInteger(classes) || classes < 2 || values.some((value) => !(value >= 0 && value <= 1 + sumTolerance)))
    return false;
  const sums = Array.from({ length: rowCount }, (_, row) =>
    values.slice(row * classes, (row + 1) * classes).reduce((sum, value) => sum + value, 0),
  );
  return sums.every((sum) => Math.abs(sum - 1) <= sumTolerance);
}

/** A feature stays nullable if the model answers a row without it with finite numbers. */
async function withNullable(runtime: Runtime, signature: ModelSignature): Promise<ModelSignature> {
  const { features } = signature;
  if (!features.some(({ nullable }) => nullable)) return signature;
  const accepted: boolean[] = [];
  for (let from = 0; from < features.length && features.length <= mostFeatures; from += featuresARun)
    accepted.push(...(await acceptsMissing(runtime, signature, from)));
  return {
    ...signature,
    features: features.map((slot, at) => (slot.nullable ? { ...slot, nullable: accepted[at] ?? false } : slot)),
  };
}

/** For some features, whether the model accepts a missing value. */
async function acceptsMissing(runtime: Runtime, signature: ModelSignature, from: number): Promise<boolean[]> {
  const to = Math.min(signature.features.length, from + featuresARun);
  const output = signature.probabilityOutput ?? signature.valueOutput;
  try {
    const outputs = await runtime.run(rowsWithout(signature, from, to));
    if (output === undefined) return new Array(to - from).fill(true);
    const values = Array.from(outputs[output].data as Float32Array, Number);
    const width = values.length / (to - from);
    return Array.from({ length: to - from }, (_, row) =>
      values.slice(row * width, (row + 1) * width).every(Number.isFinite),
    );
  } catch (error) {
    if (isAppError(error, "rejected"))
      throw new AppError("rejected", `the model fails on rows with a missing value: ${error.message}`);
    return new Array(to - from).fill(false); // it accepts none
  }
}
