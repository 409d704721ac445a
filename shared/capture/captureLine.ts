/** One answered request, successful or not. */
export interface CaptureEntry {
  id: string;
  /** "unknown" if no model was found */
  model: string;
  /** 0 if no version was found */
  version: number;
  status: number;
  latencyMs: number;
  rows: number;
  route: string;
  /** the wire format that can read `inputs` */
  format: string;
  /** the request as its format keeps it; JSON text if it was answered */
  inputs: string;
  /** the predictions as columns, JSON text, if there are any */
  outputs?: string;
  /** the number of warnings by code; absent if there are none */
  warnings?: Record<string, number>;
  error?: string;
}

/** Who wrote a line, when, and its number among the lines of its model version in that process. */
export interface LineStamp {
  model: string;
  time: Date;
  /** the writing process */
  instance: string;
  sequence: number;
}

/** What a reader takes from a line, without parsing it. */
export interface CapturedLine {
  /** whether the request named the version or alias that answered it */
  isPinned: boolean;
  /** when it was answered, ISO; absent if the line is damaged */
  time?: string;
  /** absent in lines that are older than sequence numbers */
  sequence?: number;
  status: number;
  rows: number;
  format: string;
  /** size in bytes of a request that was too large to keep */
  inputsOmitted?: number;
  /** JSON text; absent if it was omitted or the line is damaged */
  inputs?: string;
  /** JSON text, the predictions as columns; absent if there are none or the line is damaged */
  outputs?: string;
}

/** what the parts of a line begin with; no string before them can contain these, since its quotes are escaped */
const key = {
  time: '"time":"',
  sequence: '"sequence":"',
  status: '"data":{"status":',
  rows: '"rows":',
  route: '"route":"',
  format: '"format":"',
  inputsOmitted: '"inputsOmitted":',
  inputLength: '"inputLength":',
  outputs: ',"outputs":',
  inputs: '"inputs":',
} as const;
const lineEnd = "}}";
/** digits of a sequence number, so that it sorts as text, as the CloudEvents sequence extension requires */
const sequenceDigits = 12;
/** the format of lines that name none: there was no other when they were written */
const firstFormat = "plain";
const maxMalformedChars = 2048;

/**
 * The line of one request, a CloudEvents 1.0 event. `inputs` comes last and its length before it, so that a reader
 * finds it without parsing the rest. A line longer than `maxBytes` is kept without its inputs and, if need be, without
 * its outputs, and states their sizes.
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
  const latencyMs = Math.round(entry.latencyMs * 1000) / 1000;
  const error = entry.error === undefined ? "" : `"error":${JSON.stringify(entry.error)},`;
  const warnings = entry.warnings === undefined ? "" : `"warnings":${JSON.stringify(entry.warnings)},`;
  const omitted = inputsOmitted === undefined ? "" : `${key.inputsOmitted}${inputsOmitted},`;
  const more = outputsOmitted === undefined ? "" : `"outputsOmitted":${outputsOmitted},`;
  const event = `"specversion":"1.0","type":"tidegate.inference","id":"${entry.id}","source":"/models/${model}","time":"${time.toISOString()}","datacontenttype":"application/json"`;
  const writer = `"modelversion":${entry.version},"instance":"${instance}",${key.sequence}${number}"`;
  const data = `${key.status}${entry.status},"latencyMs":${latencyMs},${key.rows}${entry.rows},${key.route}${entry.route}",${key.format}${entry.format}",${error}${warnings}${omitted}${more}`;
  return `{${event},${writer},${data}${key.inputLength}${inputs.length},"outputs":${outputs},${key.inputs}${inputs}${lineEnd}\n`;
}

/** a UTF-16 code unit takes at most three bytes of UTF-8 */
function fits(line: string, maxBytes: number): boolean {
  return line.length * 3 <= maxBytes || Buffer.byteLength(line) <= maxBytes;
}

/** JSON text without line breaks; its strings cannot contain any. */
function oneLine(json: string): string {
  return json.includes("\n") || json.includes("\r") ? json.replace(/[\r\n]+/g, "") : json;
}

/** Reads a line, given without its line break; undefined if it is not a captured line. */
export function readCaptureLine(line: string): CapturedLine | undefined {
  const dataAt = line.indexOf(key.status);
  const headEnd = line.indexOf(key.inputLength, dataAt);
  if (dataAt < 0 || headEnd < 0) return undefined;
  const status = numberAt(line, dataAt + key.status.length);
  if (status === undefined) return undefined;
  const head = line.slice(dataAt, headEnd); // short, and without the predictions and the request
  const inputsOmitted = numberIn(head, key.inputsOmitted);
  const length = numberAt(line, headEnd + key.inputLength.length);
  const inputsAt = startOfInputs(line, length);
  return {
    time: timeBefore(line, dataAt),
    sequence: sequenceBefore(line, dataAt),
    status,
    rows: numberIn(head, key.rows) ?? 0,
    isPinned: textIn(head, key.route) === "pinned",
    format: textIn(head, key.format) ?? firstFormat,
    inputsOmitted,
    inputs: inputsOmitted === undefined && inputsAt > 0 ? line.slice(inputsAt, -lineEnd.length) : undefined,
    outputs: inputsAt > 0 ? outputsIn(line, headEnd, inputsAt) : undefined,
  };
}

/** The sequence number, which ends directly before the data. */
function sequenceBefore(line: string, dataAt: number): number | undefined {
  const start = dataAt - sequenceDigits - '",'.length;
  return line.startsWith(key.sequence, start - key.sequence.length) ? numberAt(line, start) : undefined;
}

/** ISO times have one length. */
const timeChars = "2013-07-01T09:00:00.000Z".length;

function timeBefore(line: string, dataAt: number): string | undefined {
  const at = line.indexOf(key.time);
  return at < 0 || at > dataAt ? undefined : line.slice(at + key.time.length, at + key.time.length + timeChars);
}

/**
 * Where the inputs at the end of a line start; 0 if they are not where they should be, because part of the line is
 * missing.
 */
function startOfInputs(line: string, length = Number.NaN): number {
  const start = line.length - lineEnd.length - length;
  return line.endsWith(lineEnd) && line.endsWith(key.inputs, start) ? start : 0;
}

/** The predictions, which stand between the length of the inputs and the inputs. */
function outputsIn(line: string, headEnd: number, inputsAt: number): string | undefined {
  const at = line.indexOf(key.outputs, headEnd);
  const end = inputsAt - key.inputs.length - 1;
  if (at < 0 || at > end) return undefined;
  const text = line.slice(at + key.outputs.length, end);
  return text === "null" ? undefined : text;
}

function numberIn(head: string, name: string): number | undefined {
  const at = head.indexOf(name);
  return at < 0 ? undefined : numberAt(head, at + name.length);
}

const zero = 0x30;

/** The whole number whose digits start at `start`. */
function numberAt(line: string, start: number): number | undefined {
  let number = 0;
  let at = start;
  for (; at < line.length; at++) {
    const digit = line.charCodeAt(at) - zero;
    if (digit < 0 || digit > 9) break;
    number = 10 * number + digit;
  }
  return at === start ? undefined : number;
}

function textIn(head: string, name: string): string | undefined {
  const at = head.indexOf(name);
  if (at < 0) return undefined;
  const start = at + name.length;
  return head.slice(start, head.indexOf('"', start));
}
