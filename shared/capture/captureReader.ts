import type { ModelSignature } from "../onnx/signature";
import { type CapturedLine, readCaptureLine } from "./captureLine";
import { type Counted, mostUnknownFields } from "./counting/counted";
import { NameCounter } from "./counting/nameSample";
import { PredictionCounter } from "./counting/predictionCounter";
import { RowCounter } from "./counting/rowCounter";
import type { CapturedBodies, CapturedColumns, WatchedVersion } from "./counting/watchedVersion";
import type { LineNumbers } from "./counting/writers";

export interface CaptureReaderOptions {
  watched: WatchedVersion;
  /** the signature of the version that answered, if it is another one: predictions are then left out */
  served?: ModelSignature;
  columns: CapturedColumns;
  bodies: CapturedBodies;
  /** of the lines of the same blob that were read before, if there are any */
  numbers?: LineNumbers;
}

/** Counts captured requests in the bins of the version under watch. */
export class CaptureReader {
  numbers?: LineNumbers;
  private unreadable = 0;
  private omittedRows = 0;
  private newestAt?: string;
  private requests = 0;
  private readonly refused = new Map<string, number>();
  private readonly unknownFields = new NameCounter(mostUnknownFields);
  private readonly rows: RowCounter;
  private readonly predictions: PredictionCounter;
  private readonly signature: ModelSignature;
  private readonly fieldNames: ReadonlySet<string>;

  constructor(private readonly options: CaptureReaderOptions) {
    const { watched, served, columns, numbers } = options;
    this.numbers = numbers;
    this.signature = served ?? watched.signature;
    this.rows = new RowCounter(watched, this.signature, columns);
    this.predictions = new PredictionCounter(watched.signature, watched.valueEdges);
    const features = [watched.signature, this.signature].flatMap((one) => one.features.map(({ name }) => name));
    this.fieldNames = new Set([...features, ...columns.known]);
  }

  /** Reads whole lines; those that cannot be read are counted and skipped. */
  add(lines: string): void {
    for (let start = 0; start < lines.length; ) {
      let end = lines.indexOf("\n", start);
      if (end < 0) end = lines.length;
      if (end > start) this.addLine(lines.slice(start, end)); // a slice is no copy, and nothing is looked for beyond it
      start = end + 1;
    }
  }

  /** What was counted; `writer` names the process that wrote the lines, and the version that answered. */
  counted(writer: string): Counted {
    const { unreadable: unreadableRequests, omittedRows, newestAt, numbers } = this;
    return {
      ...this.rows.total(),
      predictions: this.predictions.total(),
      unknownFields: this.unknownFields.total(),
      ...(newestAt !== undefined && { newestAt }),
      refused: Object.fromEntries(this.refused),
      unreadableRequests,
      omittedRows,
      writers: numbers === undefined ? {} : { [writer]: numbers },
    };
  }

  private addLine(text: string): void {
    const line = readCaptureLine(text);
    if (line === undefined) {
      this.unreadable++;
      return;
    }
    if (!this.isNew(line.sequence)) return; // an append whose response was lost was sent again
    // who names another version tries it: what came to the champion of the day is the model's traffic
    if (line.isPinned && this.options.served !== undefined) return;
    if (line.status !== 200) this.addRefused(line);
    else if (line.inputsOmitted === undefined) this.addAnswered(line);
    else {
      this.omittedRows += line.rows;
      this.addPredictions(line);
    }
  }

  /** Whether the line was not read before; lines without a number are older than sequence numbers. */
  private isNew(number: number | undefined): boolean {
    const { numbers } = this;
    if (number === undefined) return true;
    if (numbers === undefined) this.numbers = { first: number, last: number, missing: 0 };
    else if (number <= numbers.last) return false;
    else {
      const missing = numbers.missing + number - numbers.last - 1;
      this.numbers = { first: numbers.first, last: number, missing };
    }
    return true;
  }

  private addAnswered(line: CapturedLine): void {
    const { bodies } = this.options;
    const body = parsed(line.inputs);
    const rows = bodies.rowsOf(line.format, body, this.signature);
    if (rows === undefined) {
      this.unreadable++;
      return;
    }
    const fields = bodies.fieldsOf(line.format, body);
    if (fields) this.addUnknown(fields);
    this.rows.add({ rows, fields, request: this.requests++, hour: line.time?.slice(0, hourChars) ?? "" });
    this.addPredictions(line);
  }

  private addPredictions({ time, outputs }: CapturedLine): void {
    if (time !== undefined && time > (this.newestAt ?? "")) this.newestAt = time;
    if (this.options.served === undefined) this.predictions.add(outputs);
  }

  private addUnknown(fields: Record<string, unknown>[]): void {
    for (const row of fields)
      for (const name of Object.keys(row)) if (!this.fieldNames.has(name)) this.unknownFields.add(name);
  }

  /** A refused request has no inputs that a model saw; which of its cells have the wrong type is worth knowing. */
  private addRefused({ status, inputs, format }: CapturedLine): void {
    const name = String(status);
    this.refused.set(name, (this.refused.get(name) ?? 0) + 1);
    const body = parsed(inputs);
    if (typeof body !== "string") return;
    const rows = this.options.bodies.rowsOf(format, parsed(body), this.signature);
    if (rows) this.rows.addRefused(rows);
  }
}

const hourChars = "2013-07-01T09".length;

/** The value of a JSON text; undefined if it is not valid JSON. */
function parsed(json: string | undefined): unknown {
  if (json === undefined) return undefined;
  try {
    return JSON.parse(json);
  } catch {
    return undefined; // a damaged line: the caller counts it
  }
}
