import { setImmediate as nextTurn } from "node:timers/promises";
import { AppError, isAppError } from "../errors";
import { seededRandom } from "../math/seededRandom";
import type { ModelRuntime } from "../ports";
import { type BlackBox, columnOf, type Outputs } from "./model/blackBox";
import { meanOf, type NumberRows } from "./model/numberRows";
import type { Link } from "./model/scoreLink";
import { exactEvaluations, exactShapley, maxExactFeatures } from "./shapley/exactShapley";
import { sampledEvaluations, sampledShapley } from "./shapley/sampledShapley";
import { TreeExplainer } from "./trees/treeExplainer";
import type { TreeView } from "./trees/viewTrees";

export const methods = ["tree-shap", "exact-shapley", "sampled-shapley"] as const;
export type Method = (typeof methods)[number];

export interface ExplainTask {
  box: BlackBox;
  runtime: ModelRuntime;
  /** the model's trees, or why TreeSHAP cannot explain it */
  trees: { view: TreeView } | { reason: string };
  rows: NumberRows;
  background: NumberRows;
  /** which of the model's answers (class or value) is explained, for each row */
  answers: Int32Array;
  /** default: TreeSHAP for tree models, else exact for few features, else sampled */
  method?: Method;
  seed: number;
}

/** Shapley values of one row's answer, one per feature. */
export interface RowExplanation {
  baseValue: number;
  values: Float64Array;
  standardErrors?: Float64Array;
}

export interface RowExplanations {
  method: Method;
  /** why TreeSHAP was not used, if no other method was requested */
  fallback?: string;
  /** how the explained raw score becomes the answer; only with TreeSHAP */
  link?: Link;
  rows: RowExplanation[];
}

/** how many rows the model may score for one task */
const maxEvaluations = 1_000_000;
/** how many walks through a tree (for one row and one background row) one task may take */
export const maxTreeWalks = 2_000_000;
/** pairs of orders sampled for each background row */
export const pairsPerBackgroundRow = 4;

/**
 * Explains every row by the requested method, or the best one that applies; AppError too_large says how many rows are
 * possible.
 */
export async function explainRows(task: ExplainTask): Promise<RowExplanations> {
  if (task.method === "exact-shapley" || task.method === "sampled-shapley") return explainByAsking(task, task.method);
  try {
    if ("reason" in task.trees) throw new AppError("rejected", task.trees.reason);
    return await explainTrees(task, task.trees.view);
  } catch (error) {
    if (task.method !== undefined || !isAppError(error, "rejected")) throw error;
    const method = task.rows.width <= maxExactFeatures ? "exact-shapley" : "sampled-shapley";
    return { ...(await explainByAsking(task, method)), fallback: error.message };
  }
}

async function explainTrees(task: ExplainTask, view: TreeView): Promise<RowExplanations> {
  const { box, rows, background, answers } = task;
  const { length: treeCount } = view.trees.ensemble.roots;
  checkBudget(rows.rowCount, treeCount * background.rowCount, maxTreeWalks, "walks through trees", "tree-shap");
  const answered = async (some: NumberRows) => ({ rows: some, answers: await box.predict(some) });
  const [own, others] = [await answered(rows), await answered(background)];
  const explainer = await TreeExplainer.create(task.runtime, view, box, own, others);
  const isChosen = task.method === "tree-shap" || rows.width > maxExactFeatures;
  if (!isChosen && explainer.scoreOf(answers[0] ?? 0).link === "monotone")
    throw new AppError("rejected", "a calibration stands between the trees' score and the probability");
  const explained: RowExplanation[] = new Array(rows.rowCount);
  let link: Link | undefined;
  for (const answer of new Set(answers)) {
    const which = Int32Array.from(answers.keys()).filter((row) => answers[row] === answer);
    const found = await explainer.explain(answer, which, nextTurn);
    link = found.link;
    for (const [i, row] of which.entries()) explained[row] = { baseValue: found.baseValue, values: found.values[i] };
  }
  return { method: "tree-shap", link, rows: explained };
}

async function explainByAsking(task: ExplainTask, method: Method): Promise<RowExplanations> {
  const { box, rows, background, answers, seed } = task;
  const isExact = method === "exact-shapley";
  if (isExact && rows.width > maxExactFeatures)
    throw new AppError(
      "invalid_input",
      `exact Shapley values take at most ${maxExactFeatures} features, the model has ${rows.width}; ask for "sampled-shapley"`,
    );
  const perRow = isExact
    ? exactEvaluations(rows.width, background.rowCount)
    : sampledEvaluations(rows.width, background.rowCount, pairsPerBackgroundRow);
  checkBudget(rows.rowCount, perRow, maxEvaluations, "rows for the model to score", method);
  const backgroundAnswers: Outputs = await box.predict(background);
  const explained: RowExplanation[] = [];
  for (let row = 0; row < rows.rowCount; row++) {
    const backgroundValues = columnOf(backgroundAnswers, answers[row]);
    const game = { predict: box.only(answers[row]), background, backgroundValues };
    const sampling = { pairs: pairsPerBackgroundRow, random: seededRandom(seed + row) };
    const found = isExact ? await exactShapley(game, rows, row) : await sampledShapley(game, rows, row, sampling);
    explained.push({ baseValue: meanOf(backgroundValues), ...found });
  }
  return { method, rows: explained };
}

function checkBudget(rowCount: number, perRow: number, limit: number, what: string, method: Method): void {
  if (rowCount * perRow <= limit) return;
  const fits = Math.floor(limit / perRow);
  throw new AppError(
    "too_large",
    `${method} for ${rowCount} rows means ${rowCount * perRow} ${what}; one request may take ${limit}: send at most ${fits} rows` +
      `${method === "exact-shapley" ? ', ask for "sampled-shapley"' : ""} or send fewer background rows`,
  );
}
