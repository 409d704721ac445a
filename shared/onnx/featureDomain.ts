/**
 * What a use case says about a feature's values. A number outside the range, a sentinel and a string that is not
 * allowed count as missing, in training, in the graph and in a request alike; numbers are compared as float32, as the
 * model gets them.
 */
export interface FeatureDomain {
  min?: number;
  max?: number;
  /** values that mean "missing" */
  sentinels: (number | string)[];
  /** the allowed strings, if the use case declares them */
  values?: string[];
  /** the strings in the training rows; absent if there are too many to keep, and for models trained elsewhere */
  levels?: string[];
}

/** Whether any number in this domain may not be a value. */
export function limitsNumbers({ min, max, sentinels }: FeatureDomain): boolean {
  return min !== undefined || max !== undefined || sentinels.length > 0;
}

/** The range as float32, open where nothing is declared, and the sentinels inside it. */
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

/** `text` without surrounding spaces, as datasets are read: every Unicode space separator, but no tabs or line ends. */
export function trimSpaces(text: string): string {
  return text.replace(/^\p{Zs}+|\p{Zs}+$/gu, "");
}
