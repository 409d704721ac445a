import { type FeatureDomain, float32Limits } from "../onnx/featureDomain";
import type { FeatureSlot, ModelSignature } from "../onnx/signature";

/**
 * How the cells of one feature are read; built once per signature, so that a usual cell costs two comparisons or one
 * set lookup.
 */
export interface ColumnReader {
  slot: FeatureSlot;
  /** a float32 between low and high is a value, unless it is one of the sentinels */
  low: number;
  high: number;
  sentinels?: number[];
  /** strings that need no further check; without the set, no string does if `isFree` */
  known?: ReadonlySet<string>;
  isFree: boolean;
  /** every object inherits something of this name: only the row's own field counts */
  isInherited: boolean;
}

const largest = Math.fround(3.4028234663852886e38);
const readers = new WeakMap<ModelSignature, ColumnReader[]>();

/** The readers of a signature's features, in signature order. */
export function columnReaders(signature: ModelSignature): ColumnReader[] {
  let found = readers.get(signature);
  if (found === undefined) {
    found = signature.features.map(readerOf);
    readers.set(signature, found);
  }
  return found;
}

function readerOf(slot: FeatureSlot): ColumnReader {
  const { domain, type, name } = slot;
  const reader = {
    slot,
    low: -largest,
    high: largest,
    isFree: domain === undefined,
    isInherited: name in Object.prototype,
  };
  if (domain === undefined) return reader;
  switch (type) {
    case "category":
      return { ...reader, known: usableTexts(domain) };
    case "number": {
      const { low, high, sentinels } = float32Limits(domain);
      const range = { low: Math.max(low, -largest), high: Math.min(high, largest) };
      return { ...reader, ...range, ...(sentinels.length > 0 && { sentinels }) };
    }
  }
}

/** The strings that the model knows and the use case allows. */
function usableTexts({ levels, values, sentinels }: FeatureDomain): Set<string> | undefined {
  const texts = levels ?? values;
  const dropped = new Set<unknown>(["", ...sentinels]);
  return texts && new Set(texts.filter((text) => !dropped.has(text)));
}
