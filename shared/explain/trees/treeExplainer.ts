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
  /** what the model answers for those rows */
  answers: Outputs;
}

/** Shapley values of one answer of a tree model, on the scale of the trees' raw score. */
export interface TreeExplanation {
  link: Link;
  baseValue: number;
  /** features' values a row of the request */
  values: Float64Array[];
}

/** walks through one tree for a row and a background row between two turns of the event loop: a few milliseconds */
const walksPerTurn = 2000;

/** TreeSHAP for rows of one request; made for a background, used for any of the model's answers. */
export class TreeExplainer {
  private constructor(
    private readonly view: TreeView,
    private readonly featureCount: number,
    /** what the trees see */
    private readonly columns: { rows: NumberRows; background: NumberRows },
    /** the trees' scores and the model's answers, of both kinds of rows */
    private readonly known: { raw: Outputs; answers: Outputs },
  ) {}

  /** Computes what the trees see of the rows and of the background, and how they score it. */
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

  /** The score that speaks of answer `answer`; AppError rejected when the answer does not follow from the trees' scores in a known way. */
  scoreOf(answer: number): ScoreOf {
    const score = scoreLink(this.known.raw, this.known.answers, answer);
    if (score) return score;
    throw new AppError("rejected", "the model's answers do not follow from the trees' scores in a way that is known");
  }

  /** Explains the score of answer `answer` for the rows `which`, in pieces that leave the event loop free in between. */
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
