import { countOutcomes, type Outcome, type OutcomeShape } from "../monitoring/countOutcomes";
import type { OutcomeProfile } from "../monitoring/outcomeProfile";
import type { TrainingProfile } from "../monitoring/trainingProfile";
import type { ModelSignature } from "../onnx/signature";
import { labelClasses } from "../usecase/specTask";
import type { UsecaseSpec } from "../usecase/usecaseSpec";
import type { CapturedRequest } from "./capturedRequests";
import { rowCells } from "./rowCells";
import { type RowKey, rowKey, rowKeyColumns } from "./rowKey";
import { slicesOf } from "./sliceLevels";
import { byPrecedence, requestSubject, rowSubject, type Truth } from "./truth";

/** A version whose predictions are counted. */
export interface CountedVersion {
  spec: UsecaseSpec;
  signature: ModelSignature;
  /** of what its inputs are sliced by; absent for versions without one */
  training?: TrainingProfile;
}

/** One prediction of a captured request, before its truth is known. */
export interface CapturedPrediction {
  requestId: string;
  row: number;
  timeMs: number;
  key?: RowKey;
  outcome: Omit<Outcome, "truth">;
}

/** The classes of a version in the order of its probabilities, and those whose scores are counted. */
export function outcomeShape({ spec, signature }: CountedVersion): OutcomeShape {
  if (signature.labelOutput === undefined) return { classes: [], scored: [] };
  const classes = signature.classes ?? labelClasses(spec) ?? [];
  return { classes, scored: classes.length === 2 ? [spec.label.positive ?? classes[1]] : classes };
}

/** Reads the predictions of captured requests; a request without its outputs has none. */
export function predictionReader(version: CountedVersion): (request: CapturedRequest) => CapturedPrediction[] {
  const { spec, signature } = version;
  const { classes } = outcomeShape(version);
  const columns = [...new Set([...rowKeyColumns(spec), ...(spec.evaluation?.slices ?? [])])];
  const slices = slicesOf(spec, version.training);
  return (request) => {
    const { id, timeMs, outputs } = request;
    const count = (outputs?.label ?? outputs?.value ?? []).length;
    const rows = rowCells(request, columns, signature);
    return Array.from({ length: count }, (_, row) => {
      const cells = rows[row] ?? {};
      const key = rowKey(spec, cells);
      const outcome = { ...predictionOf(request, row, classes), slices: slices(cells) };
      return { requestId: id, row, timeMs, ...(key && { key }), outcome };
    });
  };
}

function predictionOf({ outputs = {} }: CapturedRequest, row: number, classes: readonly string[]) {
  const { label, probability, probabilities, value } = outputs;
  if (label === undefined) return { value: value?.[row] };
  const predicted = classes.indexOf(label[row]);
  const own = probability?.[row];
  const all = probabilities?.[row] ?? twoOf(own, predicted, classes.length);
  return { ...(predicted >= 0 && { predicted }), ...(all && { probabilities: all }) };
}

/** Of two classes the log keeps the likelier one's probability. */
function twoOf(own: number | null | undefined, predicted: number, count: number): number[] | undefined {
  if (own === undefined || own === null || count !== 2 || predicted < 0) return undefined;
  return predicted === 1 ? [1 - own, own] : [own, 1 - own];
}

/** Joins predictions with their truths and counts them in the order in which they were made. */
export function joinOutcomes(
  version: CountedVersion,
  predictions: readonly CapturedPrediction[],
  truths: ReadonlyMap<string, Truth[]>,
): OutcomeProfile {
  const shape = outcomeShape(version);
  const inOrder = predictions.toSorted(
    (a, b) =>
      a.timeMs - b.timeMs || (a.requestId < b.requestId ? -1 : Number(a.requestId > b.requestId)) || a.row - b.row,
  );
  const joined = inOrder.map(({ requestId, row, key, outcome }): Outcome => {
    const truth = truthOf(truths, requestId, row, key);
    return { ...outcome, ...(truth && knownTruth(truth, shape)) };
  });
  return countOutcomes(shape, joined);
}

/** The truth of a prediction that holds, by whichever way it was told. */
export function truthOf(
  truths: ReadonlyMap<string, Truth[]>,
  requestId: string,
  row: number,
  key: RowKey | undefined,
): Truth | undefined {
  const [byRequest] = truths.get(requestSubject(requestId, row)) ?? [];
  const [byRow] = (key && truths.get(rowSubject(key.entity, key.time))) ?? [];
  if (byRequest === undefined || byRow === undefined) return byRequest ?? byRow;
  return byPrecedence(byRequest, byRow) < 0 ? byRequest : byRow;
}

/** A label that the version cannot predict is no truth of its predictions. */
function knownTruth({ label }: Truth, { classes }: OutcomeShape): Pick<Outcome, "truth"> {
  if (typeof label === "number") return classes.length === 0 ? { truth: label } : {};
  const truth = classes.indexOf(label);
  return truth < 0 ? {} : { truth };
}
