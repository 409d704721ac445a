import { explainRows, maxTreeWalks, pairsPerBackgroundRow } from "./explainRows";
import type { GlobalContext } from "./globalContext";
import { type NumberRows, pickRows } from "./model/numberRows";
import { exactEvaluations, maxExactFeatures } from "./shapley/exactShapley";
import { sampledEvaluations } from "./shapley/sampledShapley";

/** How much each feature adds to answers over some rows, in the order of the features. */
export interface Attributions {
  method: string;
  rows: number;
  /** mean absolute Shapley value, over all explained answers */
  means: number[];
  /** their standard errors */
  errors: number[];
}

const mostRows = 100;
const backgroundRows = 30;
/** how many rows the model may score for one answer */
const maxEvaluations = 200_000;

/** Mean absolute Shapley values of rows, evenly drawn where there are many, against evenly drawn background rows. */
export async function measureAttributions(context: GlobalContext, rows: NumberRows): Promise<Attributions> {
  const background = pickRows(context.background, evenly(context.background.rowCount, backgroundRows));
  const first = await explainAnswer(context, context.explainedAnswers[0], pickRows(rows, [0]), background);
  const explained = pickRows(
    rows,
    evenly(rows.rowCount, Math.min(mostRows, rowsThatFit(context, first.method, background))),
  );
  const sums = Array.from({ length: explained.rowCount }, () => new Float64Array(rows.width));
  for (const answer of context.explainedAnswers) {
    const { rows: found } = await explainAnswer(context, answer, explained, background);
    for (const [row, { values }] of found.entries())
      for (let feature = 0; feature < rows.width; feature++) sums[row][feature] += Math.abs(values[feature]);
  }
  return { method: first.method, rows: explained.rowCount, ...meansOf(sums, rows.width) };
}

function explainAnswer(context: GlobalContext, answer: number, rows: NumberRows, background: NumberRows) {
  const { box, runtime, trees, sample } = context;
  const answers = new Int32Array(rows.rowCount).fill(answer);
  return explainRows({ box, runtime, trees, rows, background, answers, seed: sample.seed });
}

function rowsThatFit({ trees }: GlobalContext, method: string, { width, rowCount }: NumberRows): number {
  if (method === "tree-shap" && "view" in trees)
    return Math.max(2, Math.floor(maxTreeWalks / (trees.view.trees.ensemble.roots.length * rowCount)));
  const perRow =
    width <= maxExactFeatures
      ? exactEvaluations(width, rowCount)
      : sampledEvaluations(width, rowCount, pairsPerBackgroundRow);
  return Math.max(2, Math.floor(maxEvaluations / perRow));
}

/** Places of `count` of `length` rows, evenly spread; all where there are no more. */
function evenly(length: number, count: number): number[] {
  const taken = Math.min(length, count);
  return Array.from({ length: taken }, (_, i) => Math.floor((i * length) / taken));
}

function meansOf(rows: Float64Array[], width: number): { means: number[]; errors: number[] } {
  const features = Array.from({ length: width }, (_, feature) => rows.map((row) => row[feature]));
  const means = features.map((values) => values.reduce((sum, value) => sum + value, 0) / values.length);
  const errors = features.map((values, feature) => {
    const squares = values.reduce((sum, value) => sum + (value - means[feature]) ** 2, 0);
    return values.length < 2 ? 0 : Math.sqrt(squares / (values.length - 1) / values.length);
  });
  return { means, errors };
}
