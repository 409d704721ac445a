import { AppError } from "../../errors";
import type { ModelRuntime } from "../../ports";
import type { BlackBox, Outputs } from "../model/blackBox";
import type { NumberRows } from "../model/numberRows";
import { type Link, type ScoreOf, scoreLink } from "../model/scoreLink";
import { treeColumns } from "./treeColumns";
import { rawScores } from "./treeEnsemble";
import { TreeShap } from "./treeShap";
import type { TreeView } from "./viewTrees";

export interface AnsweredRows {
  rows: NumberRows;
  /** the model's answers for those rows */
  answers: Outputs;
}

/** Shapley values of one answer of a tree model, on the scale of the trees' raw score. */
export interface TreeExplanation {
  link: Link;
  baseValue: number;
  /** the values of the features, for each row of the request */
  values: Float64Array[];
}

/** walks through a tree (for one row and one background row) between two turns of the event loop: a few milliseconds */
const walksPerTurn = 2000;

/** TreeSHAP for the rows of one request; created for one background, usable for any of the model's answers. */
export class TreeExplainer {
  private constructor(
    private readonly view: TreeView,
    private readonly featureCount: number,
    /** the trees' input */
    private readonly columns: { rows: NumberRows; background: NumberRows },
    /** the trees' scores and the model's answers, for both kinds of rows */
    private readonly known: { raw: Outputs; answers: Outputs },
  ) {}

  /** Computes the trees' input for the rows and the background, and the trees' scores. */
  static async create(
    runtime: ModelRuntime,
    view: TreeView,
    { codec, signature }: BlackBox,
    rows: AnsweredRows,
    background: AnsweredRows,
  ): Promise<TreeExplainer> {
    const front = await runtime.load(view.columnsGraph);
    try {
      const through = (some: NumberRows) => treeColumns(front, codec, some, view.featureOf.length);
      const columns = { rows: await through(rows.rows), background: await through(background.rows) };
      const { ensemble } = view.trees;
      const scores = (some: NumberRows) => ({ values: rawScores(ensemble, some), outputCount: ensemble.outputCount });
      const raw = joined(scores(columns.background), scores(columns.rows));
      const answers = joined(background.answers, rows.answers);
      return new TreeExplainer(view, signature.features.length, columns, { raw, answers });
    } finally {
      await front.release();
    }
  }

  /**
   * The score behind answer `answer`; AppError rejected if the answer does not follow from the trees' scores in a known
   * way.
   */
  scoreOf(answer: number): ScoreOf {
    const score = scoreLink(this.known.raw, this.known.answers, answer);
    if (score) return score;
    throw new AppError("rejected", "the model's answers do not follow from the trees' scores in a known way");
  }

  /** Explains the score of answer `answer` for the rows `which`, in pieces that let the event loop run in between. */
  async explain(answer: number, which: ArrayLike<number>, nextTurn: () => Promise<unknown>): Promise<TreeExplanation> {
    const { weights, link, offset } = this.scoreOf(answer);
    const { background, rows } = this.columns;
    const { featureOf, trees } = this.view;
    const { featureCount } = this;
    const shap = new TreeShap({ ensemble: trees.ensemble, weights, featureOf, featureCount, background });
    const values: Float64Array[] = [];
    for (let i = 0; i < which.length; i++) {
      const parts = shap.explainInParts(rows, which[i], Math.ceil(walksPerTurn / trees.ensemble.roots.length));
      let part = parts.next();
      for (; !part.done; part = parts.next()) await nextTurn();
      values.push(part.value);
      await nextTurn();
    }
    return { link, baseValue: offset + shap.baseValue, values };
  }
}

function joined(first: Outputs, second: Outputs): Outputs {
  const values = new Float64Array(first.values.length + second.values.length);
  values.set(first.values);
  values.set(second.values, first.values.length);
  return { values, outputCount: first.outputCount };
}
