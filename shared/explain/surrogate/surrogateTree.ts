import type { Outputs } from "../model/blackBox";
import type { NumberRows } from "../model/numberRows";
import { type BestSplit, bestSplit } from "./surrogateSplit";

/**
 * A leaf or a split: a row goes left if its number is at most `threshold`, if its category is in `values`, or, when it
 * is missing, if `missingLeft` is set.
 */
export interface SurrogateNode {
  rowCount: number;
  /** mean answers of the model for these rows */
  answers: number[];
  split?: {
    feature: number;
    /** for a numeric feature */
    threshold?: number;
    /** for a categorical feature: the values that go left */
    values?: number[];
    missingLeft: boolean;
    /** whether a fitted row had a missing value here */
    hasMissing: boolean;
    left: SurrogateNode;
    right: SurrogateNode;
  };
}

export interface SurrogateOptions {
  isCategory: readonly boolean[];
  maxDepth: number;
  minLeafRows: number;
}

/**
 * A small regression tree fitted to a model's own answers on some rows, by least squares over all answers; the same
 * input gives the same tree.
 */
export function fitSurrogate(rows: NumberRows, answers: Outputs, options: SurrogateOptions): SurrogateNode {
  return grow(
    rows,
    answers,
    options,
    Int32Array.from({ length: rows.rowCount }, (_, row) => row),
    0,
  );
}

function grow(
  rows: NumberRows,
  answers: Outputs,
  options: SurrogateOptions,
  members: Int32Array,
  depth: number,
): SurrogateNode {
  const node: SurrogateNode = { rowCount: members.length, answers: meanAnswers(answers, members) };
  if (depth === options.maxDepth) return node;
  let best: BestSplit | undefined;
  for (let feature = 0; feature < rows.width; feature++) {
    const split = bestSplit({ rows, answers, members, feature, ...options });
    if (split && (best === undefined || split.gain > best.gain)) best = split;
  }
  if (best === undefined) return node;
  const { gain: _gain, ...split } = best;
  const goesLeft = (row: number) => takesLeft(split, rows.cells[row * rows.width + split.feature]);
  const child = (side: boolean) =>
    grow(
      rows,
      answers,
      options,
      members.filter((row) => goesLeft(row) === side),
      depth + 1,
    );
  return { ...node, split: { ...split, left: child(true), right: child(false) } };
}

function meanAnswers({ values, outputCount }: Outputs, members: Int32Array): number[] {
  return Array.from(
    { length: outputCount },
    (_, output) => members.reduce((sum, row) => sum + values[row * outputCount + output], 0) / members.length,
  );
}

/** Whether a cell goes left at a split. */
function takesLeft(split: Omit<BestSplit, "gain">, cell: number): boolean {
  if (Number.isNaN(cell)) return split.missingLeft;
  return split.values ? split.values.includes(cell) : cell <= (split.threshold as number);
}

/** The surrogate's answers for every row. */
export function surrogateAnswers(tree: SurrogateNode, rows: NumberRows): Outputs {
  const outputCount = tree.answers.length;
  const values = new Float64Array(rows.rowCount * outputCount);
  for (let row = 0; row < rows.rowCount; row++) {
    let node = tree;
    while (node.split) {
      const cell = rows.cells[row * rows.width + node.split.feature];
      node = takesLeft(node.split, cell) ? node.split.left : node.split.right;
    }
    values.set(node.answers, row * outputCount);
  }
  return { values, outputCount };
}

/**
 * The share of the variance of the model's answers that the surrogate explains (R2); undefined if the model always
 * gives the same answer.
 */
export function surrogateR2(model: Float64Array, surrogate: Float64Array): number | undefined {
  const mean = model.reduce((sum, value) => sum + value, 0) / model.length;
  let residual = 0;
  let total = 0;
  for (let i = 0; i < model.length; i++) {
    residual += (model[i] - surrogate[i]) ** 2;
    total += (model[i] - mean) ** 2;
  }
  return total > 0 ? 1 - residual / total : undefined;
}
