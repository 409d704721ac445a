/** One answered request, successful or not. */
export interface CaptureEntry {
  id: string;
  /** "unknown" where no model was found */
  model: string;
  /** 0 where no version was found */
  version: number;
  status: number;
  latencyMs: number;
  rows: number;
  route: string;
  /** the request's body as it was sent */
  inputs: string;
  /** the predictions as columns, JSON text, where there are some */
  outputs?: string;
  /** how many cells or fields were warned about, a code; absent where none was */
  warnings?: Record<string, number>;
  error?: string;
}

/** Who wrote a line, when, and the how-manieth it is of its model version there. */
export interface LineStamp {
  model: string;
  time: Date;
  /** the writing process */
  instance: string;
  sequence: number;
}

/** digits of a sequence number: as text, in the order of the numbers, as the CloudEvents sequence extension wants it */
export const sequenceDigits = 12;
const maxMalformedChars = 2048;

/**
 * The line of one request, a CloudEvents 1.0 event. `inputs` comes last and its length before it, so that a reader finds it without parsing the rest.
 * A line of more than `maxBytes` is kept without its inputs, and then without its outputs, and says how many bytes they had.
 */
export function captureLine(entry: CaptureEntry, stamp: LineStamp, maxBytes: number): string {
  const inputs =
    entry.status === 200 ? oneLine(entry.inputs) : JSON.stringify(entry.inputs.slice(0, maxMalformedChars));
  const whole = lineOf(entry, stamp, { inputs, outputs: entry.outputs });
  if (fits(whole, maxBytes)) return whole;
  const inputsOmitted = Buffer.byteLength(entry.inputs);
  const withoutInputs = lineOf(entry, stamp, { outputs: entry.outputs, inputsOmitted });
  if (fits(withoutInputs, maxBytes)) return withoutInputs;
  return lineOf(entry, stamp, { inputsOmitted, outputsOmitted: Buffer.byteLength(entry.outputs ?? "") });
}

interface Payload {
  inputs?: string;
  outputs?: string;
  inputsOmitted?: number;
  outputsOmitted?: number;
}

function lineOf(entry: CaptureEntry, { model, time, instance, sequence }: LineStamp, payload: Payload): string {
  const { inputs = "null", outputs = "null", inputsOmitted, outputsOmitted } = payload;
  const number = String(sequence).padStart(sequenceDigits, "0");
  const error = entry.error === undefined ? "" : `"error":${JSON.stringify(entry.error)},`;
  const warnings = entry.warnings === undefined ? "" : `"warnings":${JSON.stringify(entry.warnings)},`;
  const omitted = inputsOmitted === undefined ? "" : `"inputsOmitted":${inputsOmitted},`;
  const more = outputsOmitted === undefined ? "" : `"outputsOmitted":${outputsOmitted},`;
  return `{"specversion":"1.0","type":"tidegate.inference","id":"${entry.id}","source":"/models/${model}","time":"${time.toISOString()}","datacontenttype":"application/json","modelversion":${entry.version},"instance":"${instance}","sequence":"${number}","data":{"status":${entry.status},"latencyMs":${Math.round(entry.latencyMs * 1000) / 1000},"rows":${entry.rows},"route":"${entry.route}",${error}${warnings}${omitted}${more}"inputLength":${inputs.length},"outputs":${outputs},"inputs":${inputs}}}\n`;
}

/** a character takes three bytes of UTF-8 at most */
function fits(line: string, maxBytes: number): boolean {
  return line.length * 3 <= maxBytes || Buffer.byteLength(line) <= maxBytes;
}

/** JSON text without line breaks; inside its strings there can be none. */
function oneLine(json: string): string {
  return json.includes("\n") || json.includes("\r") ? json.replace(/[\r\n]+/g, "") : json;
}
