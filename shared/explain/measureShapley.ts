import { explainedQuantity } from "./explainedAnswer";
import {
  type ExplainTask,
  explainRows,
  maxTreeWalks,
  pairsPerBackgroundRow,
  type RowExplanations,
} from "./explainRows";
import type { GlobalContext } from "./globalContext";
import type { ShapleyReport } from "./globalExplanation";
import { type NumberRows, pickRows } from "./model/numberRows";
import { exactEvaluations, maxExactFeatures } from "./shapley/exactShapley";
import { sampledEvaluations } from "./shapley/sampledShapley";
import type { TreeView } from "./trees/viewTrees";

/** how many rows the model may score for this, over all answers */
const maxEvaluations = 300_000;
/** without trees, each background row costs a model run per coalition; with many trees, a walk through each */
const fewBackgroundRows = 30;

/** The mean absolute Shapley value of each feature over the background rows, for each explained answer. */
export async function measureShapley(context: GlobalContext): Promise<ShapleyReport> {
  const { names, explainedAnswers, box } = context;
  const features = box.signature.features;
  const answers: ShapleyReport["answers"] = [];
  let explained: RowExplanations | undefined;
  for (const answer of explainedAnswers) {
    explained = await explainAnswer(context, answer);
    const { rows } = explained;
    const mean = features.map(({ name }, at) => ({
      feature: name,
      meanAbsolute: rows.reduce((sum, { values }) => sum + Math.abs(values[at]), 0) / rows.length,
    }));
    mean.sort((a, b) => b.meanAbsolute - a.meanAbsolute);
    answers.push({ answer: names[answer], baseValue: rows[0].baseValue, features: mean });
  }
  const { method, fallback, rows } = explained as RowExplanations;
  const explains = explainedQuantity(explained as RowExplanations, context.isClassifier);
  return { method, ...(fallback && { fallback }), explains, rows: rows.length, answers };
}

async function explainAnswer(context: GlobalContext, answer: number): Promise<RowExplanations> {
  const { box, runtime, background, sample } = context;
  const task = (rows: NumberRows, others: NumberRows) => {
    const answers = new Int32Array(rows.rowCount).fill(answer);
    return { box, runtime, trees: context.trees, rows, background: others, answers, seed: sample.seed };
  };
  if ("view" in context.trees) {
    const explained = await explainRows(task(pickRows(background, [0]), background));
    if (explained.method === "tree-shap") return explainByTrees(background, context.trees.view, task);
  }
  const few = pickRows(background, [...Array(Math.min(fewBackgroundRows, background.rowCount)).keys()]);
  const width = background.width;
  const perRow =
    width <= maxExactFeatures
      ? exactEvaluations(width, few.rowCount)
      : sampledEvaluations(width, few.rowCount, pairsPerBackgroundRow);
  const count = Math.max(
    1,
    Math.min(background.rowCount, Math.floor(maxEvaluations / context.explainedAnswers.length / perRow)),
  );
  return explainRows(task(lastRows(background, count), few));
}

/** Every background row against all; if that takes too many walks, as many rows as fit against a few. */
function explainByTrees(
  background: NumberRows,
  { trees }: TreeView,
  task: (rows: NumberRows, others: NumberRows) => ExplainTask,
): Promise<RowExplanations> {
  const treeCount = trees.ensemble.roots.length;
  const { rowCount } = background;
  if (treeCount * rowCount * rowCount <= maxTreeWalks) return explainRows(task(background, background));
  const few = pickRows(background, [...Array(Math.min(fewBackgroundRows, rowCount)).keys()]);
  const count = Math.max(1, Math.min(rowCount, Math.floor(maxTreeWalks / (treeCount * few.rowCount))));
  return explainRows(task(lastRows(background, count), few));
}

/** From the end, so that rows are rarely compared with themselves: the first ones serve as background. */
function lastRows(background: NumberRows, count: number): NumberRows {
  return pickRows(
    background,
    Array.from({ length: count }, (_, i) => background.rowCount - 1 - i),
  );
}
