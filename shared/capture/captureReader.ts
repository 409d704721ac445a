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
import { ownValue } from "../ownValue";
import { sequenceDigits } from "./captureLine";

type AddCell = (value: unknown) => void;

interface FeatureReader {
  name: string;
  /** position in rows that come as arrays */
  position: number;
  add: AddCell;
}

/** The numbers of the lines that were read: what is missing between the first and the last was lost. */
export interface LineNumbers {
  first: number;
  last: number;
  /** lines between them, each number once */
  count: number;
}

const sequenceKey = '"sequence":"';
const rowsKey = '"rows":';
const omittedKey = '"inputsOmitted":';
const lengthKey = '"inputLength":';
const answered = '"data":{"status":200,';
const closing = "}}".length;

/** Counts the rows of captured requests into a profile; reads only the inputs of each line, found by their length. */
export class CaptureReader {
  readonly profile: Profile;
  unreadableLines = 0;
  /** rows of requests whose bodies were too large to keep */
  omittedRows = 0;
  private readonly readers: FeatureReader[];

  /** `numbers`: of the lines that were read before, of which there may be none. */
  constructor(
    signature: ModelSignature,
    bins: FeatureBins[],
    public numbers?: LineNumbers,
  ) {
    this.profile = emptyProfile(bins);
    this.readers = bins.map((feature, i) => {
      const position = signature.features.findIndex(({ name }) => name === feature.name);
      const add = cellCounter(feature, this.profile.features[i], signature.features[position]?.domain);
      return { name: feature.name, position, add };
    });
  }

  /** Reads whole lines; what cannot be read is counted and passed over. */
  add(lines: string): void {
    for (let start = 0; start < lines.length; ) {
      let end = lines.indexOf("\n", start);
      if (end < 0) end = lines.length;
      if (end > start) this.addLine(lines.slice(start, end)); // a slice is no copy, and nothing is looked for beyond the line
      start = end + 1;
    }
  }

  private addLine(line: string): void {
    const key = line.indexOf(lengthKey);
    if (key < 0) {
      this.unreadableLines++;
      return;
    }
    if (!this.isNew(line.slice(0, key))) return; // an append whose answer was lost was sent again
    const status = line.indexOf(answered);
    if (status < 0 || status > key) return; // a refused request has no inputs that a model saw
    const omitted = line.indexOf(omittedKey);
    if (omitted >= 0 && omitted < key) {
      this.omittedRows += numberAfter(line, rowsKey);
      return;
    }
    const length = numberAfter(line, lengthKey);
    try {
      this.addInputs(JSON.parse(line.slice(-closing - length, -closing)));
    } catch {
      this.unreadableLines++;
    }
  }

  /** Whether the line was not read before; lines without a number are older than numbers. */
  private isNew(head: string): boolean {
    const at = head.indexOf(sequenceKey);
    if (at < 0) return true;
    const start = at + sequenceKey.length;
    const number = Number.parseInt(head.slice(start, start + sequenceDigits), 10);
    const { numbers } = this;
    if (numbers === undefined) this.numbers = { first: number, last: number, count: 1 };
    else if (number <= numbers.last) return false;
    else this.numbers = { first: numbers.first, last: number, count: numbers.count + 1 };
    return true;
  }

  private addInputs({ data, rows }: { data?: unknown[][]; rows?: Record<string, unknown>[] }): void {
    if (data) for (const row of data) for (const { position, add } of this.readers) add(row[position]);
    else if (rows) for (const row of rows) for (const { name, add } of this.readers) add(ownValue(row, name));
    this.profile.rows += (data ?? rows ?? []).length;
  }
}

function numberAfter(line: string, key: string): number {
  const start = line.indexOf(key) + key.length;
  return Number.parseInt(line.slice(start, start + 12), 10);
}

/** What training reads as missing is missing here too; a text that it does not know is counted as unseen. */
function cellCounter(feature: FeatureBins, profile: NumberProfile | CategoryProfile, domain?: FeatureDomain): AddCell {
  if (feature.type === "number") {
    const { low, high, sentinels } = float32Limits(domain ?? { sentinels: [] });
    return (value) => {
      // the graph computes in float32, and the training profile was taken from float32 values
      const rounded = typeof value === "number" ? Math.fround(value) : Number.NaN;
      const isValue = rounded >= low && rounded <= high && !sentinels.includes(rounded);
      addNumber(feature, profile as NumberProfile, isValue ? rounded : Number.NaN);
    };
  }
  const index = new Map(feature.levels.map((level, i) => [level, i]));
  return (value) => addCategory(index, profile as CategoryProfile, categoryOf(value, index, domain));
}

function categoryOf(value: unknown, index: Map<string, number>, domain?: FeatureDomain): string {
  if (typeof value !== "string") return "";
  if (domain === undefined || index.has(value)) return value;
  const text = trimSpaces(value);
  return domain.sentinels.includes(text) ? "" : text;
}
