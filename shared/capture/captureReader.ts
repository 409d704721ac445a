import {
  addCategory,
  addNumber,
  type CategoryProfile,
  emptyProfile,
  type FeatureBins,
  type NumberProfile,
  type Profile,
} from "../monitoring/profile";
import type { ModelSignature } from "../onnx/signature";

type AddCell = (value: unknown) => void;

interface FeatureReader {
  name: string;
  /** position in rows that come as arrays */
  position: number;
  add: AddCell;
}

const lengthKey = '"inputLength":';
const answered = '"data":{"status":200,';
const closing = "}}".length;

/** Counts the rows of captured requests into a profile; reads only the inputs of each line, found by their length. */
export class CaptureReader {
  readonly profile: Profile;
  unreadableLines = 0;
  private readonly readers: FeatureReader[];

  constructor(signature: ModelSignature, bins: FeatureBins[]) {
    this.profile = emptyProfile(bins);
    this.readers = bins.map((feature, i) => ({
      name: feature.name,
      position: signature.features.findIndex(({ name }) => name === feature.name),
      add: cellCounter(feature, this.profile.features[i]),
    }));
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
    const status = line.indexOf(answered);
    if (status < 0 || status > key) return; // a refused request has no inputs that a model saw
    const length = Number.parseInt(line.slice(key + lengthKey.length, key + lengthKey.length + 12), 10);
    try {
      this.addInputs(JSON.parse(line.slice(-closing - length, -closing)));
    } catch {
      this.unreadableLines++;
    }
  }

  private addInputs({ data, rows }: { data?: unknown[][]; rows?: Record<string, unknown>[] }): void {
    if (data) for (const row of data) for (const { position, add } of this.readers) add(row[position]);
    else if (rows) for (const row of rows) for (const { name, add } of this.readers) add(row[name]);
    this.profile.rows += (data ?? rows ?? []).length;
  }
}

function cellCounter(feature: FeatureBins, profile: NumberProfile | CategoryProfile): AddCell {
  if (feature.type === "number") {
    const { edges } = feature;
    // the graph computes in float32, and the training profile was taken from float32 values
    return (value) =>
      addNumber(edges, profile as NumberProfile, typeof value === "number" ? Math.fround(value) : Number.NaN);
  }
  const index = new Map(feature.levels.map((level, i) => [level, i]));
  return (value) => addCategory(index, profile as CategoryProfile, typeof value === "string" ? value : "");
}
