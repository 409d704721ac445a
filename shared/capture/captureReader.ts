import {
  addCategory,
  addNumber,
  type CategoryProfile,
  emptyProfile,
  type FeatureBins,
  type NumberProfile,
  type Profile,
} from "../monitoring/profile";
import { type FeatureDomain, float32Limits, trimSpaces } from "../onnx/featureDomain";
import type { ModelSignature } from "../onnx/signature";
import { readCaptureLine } from "./captureLine";

/**
 * The rows of a captured request in the wire format of that name, cells in signature order; undefined if the format
 * cannot read it or is unknown.
 */
export type RowsOf = (format: string, captured: unknown, signature: ModelSignature) => unknown[][] | undefined;

type AddCell = (value: unknown) => void;

interface FeatureReader {
  /** its position in a row */
  position: number;
  add: AddCell;
}

/** The numbers of the lines read so far: those missing between the first and the last were lost. */
export interface LineNumbers {
  first: number;
  last: number;
  /** how many different numbers there were */
  count: number;
}

export interface CaptureReaderOptions {
  signature: ModelSignature;
  bins: FeatureBins[];
  rowsOf: RowsOf;
  /** of the lines that were read before, if there are any */
  numbers?: LineNumbers;
}

/** Counts the rows of captured requests into a profile; reads only the inputs of each line. */
export class CaptureReader {
  readonly profile: Profile;
  /** damaged lines, and those whose format is unknown or cannot read them */
  unreadableLines = 0;
  /** rows of requests whose bodies were too large to keep */
  omittedRows = 0;
  numbers?: LineNumbers;
  private readonly readers: FeatureReader[];

  constructor(private readonly options: CaptureReaderOptions) {
    const { signature, bins, numbers } = options;
    this.numbers = numbers;
    this.profile = emptyProfile(bins);
    this.readers = bins.map((feature, i) => {
      const position = signature.features.findIndex(({ name }) => name === feature.name);
      const add = cellCounter(feature, this.profile.features[i], signature.features[position]?.domain);
      return { position, add };
    });
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

  private addLine(text: string): void {
    const line = readCaptureLine(text);
    if (line === undefined) {
      this.unreadableLines++;
      return;
    }
    if (!this.isNew(line.sequence)) return; // an append whose response was lost was sent again
    if (line.status !== 200) return; // a refused request has no inputs that a model saw
    if (line.inputsOmitted === undefined) this.addInputs(line.format, line.inputs);
    else this.omittedRows += line.rows;
  }

  /** Whether the line was not read before; lines without a number are older than sequence numbers. */
  private isNew(number: number | undefined): boolean {
    const { numbers } = this;
    if (number === undefined) return true;
    if (numbers === undefined) this.numbers = { first: number, last: number, count: 1 };
    else if (number <= numbers.last) return false;
    else this.numbers = { first: numbers.first, last: number, count: numbers.count + 1 };
    return true;
  }

  private addInputs(format: string, inputs: string | undefined): void {
    const rows = this.options.rowsOf(format, parsed(inputs), this.options.signature);
    if (rows === undefined) {
      this.unreadableLines++;
      return;
    }
    for (const row of rows) for (const { position, add } of this.readers) add(row[position]);
    this.profile.rows += rows.length;
  }
}

/** The value of a JSON text; undefined if it is not valid JSON. */
function parsed(json: string | undefined): unknown {
  if (json === undefined) return undefined;
  try {
    return JSON.parse(json);
  } catch {
    return undefined; // a damaged line: the caller counts it
  }
}

/** What training reads as missing is missing here too; a string that it does not know counts as unseen. */
function cellCounter(feature: FeatureBins, profile: NumberProfile | CategoryProfile, domain?: FeatureDomain): AddCell {
  switch (feature.type) {
    case "number": {
      const { low, high, sentinels } = float32Limits(domain ?? { sentinels: [] });
      return (value) => {
        // the graph computes in float32, and the training profile was taken from float32 values
        const rounded = typeof value === "number" ? Math.fround(value) : Number.NaN;
        const isValue = rounded >= low && rounded <= high && !sentinels.includes(rounded);
        addNumber(feature, profile as NumberProfile, isValue ? rounded : Number.NaN);
      };
    }
    case "category": {
      const index = new Map(feature.levels.map((level, i) => [level, i]));
      return (value) => addCategory(index, profile as CategoryProfile, categoryOf(value, index, domain));
    }
  }
}

function categoryOf(value: unknown, index: Map<string, number>, domain?: FeatureDomain): string {
  if (typeof value !== "string") return "";
  if (domain === undefined || index.has(value)) return value;
  const text = trimSpaces(value);
  return domain.sentinels.includes(text) ? "" : text;
}
