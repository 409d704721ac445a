import { AppError } from "../errors";
import { likeliest } from "../math/likeliest";
import type { ModelSignature } from "../onnx/signature";
import type { TensorValue } from "../ports";
import { float32Text } from "./float32Text";

/**
 * Predictions as JSON text: one object per row for the reply, and the same as columns, a quarter of the size, for the
 * log.
 */
export interface PredictionText {
  reply: string;
  log: string;
}

/** What one run of the model returned. */
export interface OutputPiece {
  outputs: Record<string, TensorValue>;
  rowCount: number;
}

/**
 * Writes predictions by the signature's roles. A row reads `{"label","probability","probabilities"}` (`probability` is
 * the label's) or, for regression, `{"value"}`; the log reads `{"label":[],"probability":[]}`, with
 * `"probabilities":[[]]` for more than two classes, or `{"value":[]}`. AppError internal if the model did not answer
 * every row with finite numbers: no caller gets half an answer.
 */
export function writePredictions(pieces: OutputPiece[], signature: ModelSignature): PredictionText {
  const { labelOutput, probabilityOutput, valueOutput, classes } = signature;
  for (const piece of pieces) checkCounts(piece, labelOutput ?? (valueOutput as string), probabilityOutput);
  if (labelOutput === undefined) return writeValues(pieces, valueOutput as string);
  if (probabilityOutput === undefined) return writeLabels(pieces, labelOutput);
  return writeProbabilities(pieces, labelOutput, probabilityOutput, classes);
}

function checkCounts({ outputs, rowCount }: OutputPiece, answer: string, probabilities?: string): void {
  const { length } = outputs[answer].data;
  if (length !== rowCount)
    throw new AppError(
      "internal",
      `the model answered ${rowCount} rows with ${length} predictions (output "${answer}")`,
    );
  if (probabilities === undefined) return;
  const { length: count } = outputs[probabilities].data;
  if (count === 0 || count % rowCount !== 0)
    throw new AppError(
      "internal",
      `the model answered ${rowCount} rows with ${count} probabilities (output "${probabilities}")`,
    );
}

function writeValues(pieces: OutputPiece[], output: string): PredictionText {
  let reply = "";
  let log = "";
  let done = 0;
  for (const { outputs } of pieces) {
    const { data, datatype } = outputs[output];
    for (let row = 0; row < data.length; row++, done++) {
      const text = numberText(Number(data[row]), datatype, done);
      reply += `${reply === "" ? "" : ","}{"value":${text}}`;
      log += log === "" ? text : `,${text}`;
    }
  }
  return { reply: `[${reply}]`, log: `{"value":[${log}]}` };
}

function writeLabels(pieces: OutputPiece[], output: string): PredictionText {
  const labels = pieces.flatMap(({ outputs }) => Array.from(outputs[output].data as string[], String));
  return { reply: JSON.stringify(labels.map((label) => ({ label }))), log: JSON.stringify({ label: labels }) };
}

/** JSON cannot represent NaN or infinity. */
function numberText(value: number, datatype: TensorValue["datatype"], row: number): string {
  if (value - value !== 0)
    throw new AppError(
      "internal",
      `the model's answer to row ${row} is not a finite number; every row of the request is left unanswered`,
    );
  return datatype === "FP32" ? float32Text(value) : String(value);
}

/**
 * The text is assembled by hand: a thousand rows a millisecond pass through here, and each number is converted once.
 */
function writeProbabilities(
  pieces: OutputPiece[],
  labelOutput: string,
  output: string,
  classes?: string[],
): PredictionText {
  let [reply, labels, likely, all] = ["", "", "", ""];
  let done = 0;
  for (const { outputs, rowCount } of pieces) {
    const names = outputs[labelOutput].data;
    const { data, datatype } = outputs[output];
    const values = data as Float32Array;
    const width = values.length / rowCount;
    const keys = classes?.length === width ? classes : undefined;
    const quoted = keys?.map((key) => JSON.stringify(key));
    for (let row = 0; row < rowCount; row++, done++) {
      const label = String(names[row]);
      // a model trained elsewhere may not state the order of its classes: the returned label is the likeliest one
      const at = keys ? keys.indexOf(label) : likeliest(values, row * width, width);
      let pairs = "";
      let list = "";
      let own = "";
      for (let code = 0; code < width; code++) {
        const text = numberText(values[row * width + code], datatype, done);
        if (code === at) own = text;
        if (quoted) pairs += `${code === 0 ? "" : ","}${quoted[code]}:${text}`;
        list += code === 0 ? text : `,${text}`;
      }
      const name = quoted && at >= 0 ? quoted[at] : JSON.stringify(label);
      const separator = reply === "" ? "" : ",";
      const probabilities = quoted ? `,"probabilities":{${pairs}}` : "";
      reply += `${separator}{"label":${name},"probability":${own === "" ? "null" : own}${probabilities}}`;
      labels += separator + name;
      likely += separator + (own === "" ? "null" : own);
      if (width > 2) all += `${separator}[${list}]`;
    }
  }
  const more = all === "" ? "" : `,"probabilities":[${all}]`;
  return { reply: `[${reply}]`, log: `{"label":[${labels}],"probability":[${likely}]${more}}` };
}
