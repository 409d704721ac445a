import { AppError } from "../errors";
import type { ModelRuntime } from "../ports";
import type { BlackBox, Outputs } from "./blackBox";
import type { NumberRows } from "./numberRows";
import type { RowCodec } from "./rowCodec";
import { type Link, type ScoreOf, scoreLink } from "./scoreLink";
import { treeColumns } from "./treeColumns";
import { rawScores } from "./treeEnsemble";
import { TreeShap } from "./treeShap";
import type { TreeView } from "./viewTrees";

export interface TreeBackground {
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

/** TreeSHAP for rows of one request; made for a background, used for any of the model's answers. */
export class TreeExplainer {
  private constructor(
    private readonly view: TreeView,
    private readonly featureCount: number,
    private readonly columns: { rows: NumberRows; background: NumberRows },
    private readonly background: TreeBackground,
  ) {}

  /** Computes what the trees see of the rows and of the background. */
  static async create(
    runtime: ModelRuntime,
    view: TreeView,
    { codec, signature }: BlackBox,
    rows: NumberRows,
    background: TreeBackground,
  ): Promise<TreeExplainer> {
    const front = await runtime.load(view.columnsGraph);
    try {
      const through = (some: NumberRows) => treeColumns(front, codec as RowCodec, some, view.featureOf.length);
      const columns = { rows: await through(rows), background: await through(background.rows) };
      return new TreeExplainer(view, signature.features.length, columns, background);
    } finally {
      await front.release();
    }
  }

  /** How the score speaks of answer `answer`; AppError rejected when it is in no known way. */
  scoreOf(answer: number): ScoreOf {
    const { ensemble } = this.view.trees;
    const raw = { values: rawScores(ensemble, this.columns.background), outputCount: ensemble.outputCount };
    const score = scoreLink(raw, this.background.answers, answer);
    if (score === undefined)
      throw new AppError("rejected", "the model's answers do not follow from the trees' scores in a way that is known");
    return score;
  }

  /** Explains the score of answer `answer` for the rows `which`, a row a turn of the event loop. */
  async explain(answer: number, which: ArrayLike<number>, nextTurn: () => Promise<unknown>): Promise<TreeExplanation> {
    const { link, output, sign, offset } = this.scoreOf(answer);
    const { background, rows } = this.columns;
    const { featureOf, trees } = this.view;
    const { featureCount } = this;
    const shap = new TreeShap({ ensemble: trees.ensemble, output, featureOf, featureCount, background });
    const values: Float64Array[] = [];
    for (let i = 0; i < which.length; i++) {
      const own = shap.explain(rows, which[i]);
      values.push(own.map((value) => (sign === 1 ? value : 0 - value)));
      await nextTurn();
    }
    return { link, baseValue: offset + sign * shap.baseValue, values };
  }
}
