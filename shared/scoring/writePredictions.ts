import type { ModelSignature } from "../onnx/signature";
import type { TensorValue } from "../ports";

/** Predictions as JSON text: an object a row for the reply, and the same as columns for the log, which is a quarter of the size. */
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
 * Writes predictions by the signature's roles. A row reads `{"label","probability","probabilities"}` (`probability` is the label's) or, for
 * regression, `{"value"}`; the log reads `{"label":[],"probability":[]}`, with `"probabilities":[[]]` beyond two classes, or `{"value":[]}`.
 */
export function writePredictions(pieces: OutputPiece[], signature: ModelSignature): PredictionText {
  if (signature.labelOutput === undefined) return writeValues(pieces, signature.valueOutput as string);
  if (signature.probabilityOutput === undefined) return writeLabels(pieces, signature.labelOutput);
  return writeProbabilities(pieces, signature.labelOutput, signature.probabilityOutput, signature.classes);
}

function writeValues(pieces: OutputPiece[], output: string): PredictionText {
  const values = pieces.flatMap(({ outputs }) => Array.from(outputs[output].data as Float32Array, Number));
  return { reply: JSON.stringify(values.map((value) => ({ value }))), log: JSON.stringify({ value: values }) };
}

function writeLabels(pieces: OutputPiece[], output: string): PredictionText {
  const labels = pieces.flatMap(({ outputs }) => Array.from(outputs[output].data as string[], String));
  return { reply: JSON.stringify(labels.map((label) => ({ label }))), log: JSON.stringify({ label: labels }) };
}

/** Text is put together by hand: a thousand rows a millisecond go through here, and each number is converted once. */
function writeProbabilities(
  pieces: OutputPiece[],
  labelOutput: string,
  output: string,
  classes?: string[],
): PredictionText {
  let reply = "";
  let labels = "";
  let likely = "";
  let all = "";
  for (const { outputs, rowCount } of pieces) {
    const names = outputs[labelOutput].data;
    const values = outputs[output].data as Float32Array;
    const width = values.length / rowCount;
    const keys = classes?.length === width ? classes : undefined;
    const quoted = keys?.map((key) => JSON.stringify(key));
    for (let row = 0; row < rowCount; row++) {
      const label = String(names[row]);
      const at = keys ? keys.indexOf(label) : highest(values, row * width, width);
      let pairs = "";
      let list = "";
      let own = "";
      for (let code = 0; code < width; code++) {
        const text = decimal(values[row * width + code]);
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

/** A model trained elsewhere does not tell the order of its classes: the returned label is the likeliest one. */
function highest(values: Float32Array, start: number, width: number): number {
  let best = 0;
  for (let code = 1; code < width; code++) if (values[start + code] > values[start + best]) best = code;
  return best;
}

const decimals = 1e7;

/** A float32 probability with the seven decimals it has, written through an integer, which is three times as fast; small ones in full, so that their logarithm stays right. */
function decimal(value: number): string {
  if (!(value >= 1e-3 && value < 1)) return String(value);
  const digits = String(decimals + Math.round(value * decimals));
  return digits.charCodeAt(0) === 49 ? `0.${digits.slice(1)}` : "1";
}
