/**
 * What a use case says of a feature's values. A number outside the range, a sentinel and a text that is not allowed count as missing, in
 * training, in the graph and in a request alike; numbers are compared as float32, which is what a model is given.
 */
export interface FeatureDomain {
  min?: number;
  max?: number;
  /** values that mean "missing" */
  sentinels: (number | string)[];
  /** the allowed texts, where the use case declares them */
  values?: string[];
  /** the texts that training rows held; absent where they are too many to keep, and for models trained elsewhere */
  levels?: string[];
}

/** Whether a number of this domain can be anything but a value. */
export function limitsNumbers({ min, max, sentinels }: FeatureDomain): boolean {
  return min !== undefined || max !== undefined || sentinels.length > 0;
}

/** The range as float32, open where nothing is declared, and the sentinels that lie inside it. */
export function float32Limits({ min, max, sentinels }: FeatureDomain): Float32Limits {
  const low = Math.fround(min ?? Number.NEGATIVE_INFINITY);
  const high = Math.fround(max ?? Number.POSITIVE_INFINITY);
  const rounded = new Set((sentinels as number[]).map(Math.fround));
  return { low, high, sentinels: [...rounded].filter((value) => value >= low && value <= high) };
}

export interface Float32Limits {
  low: number;
  high: number;
  sentinels: number[];
}

/** `text` without the spaces around it, as datasets are read: of every kind that Unicode calls a space separator, and no tab or line end. */
export function trimSpaces(text: string): string {
  return text.replace(/^\p{Zs}+|\p{Zs}+$/gu, "");
}
