import { decidedClasses } from "../evaluation/classifierOutput";
import type { FeatureType } from "../featureTable";
import { nameTree, treeRules } from "./describeSurrogate";
import type { GlobalContext } from "./globalContext";
import type { SurrogateReport } from "./globalExplanation";
import { columnOf, type Outputs } from "./model/blackBox";
import { type NumberRows, pickRows } from "./model/numberRows";
import { fitSurrogate, surrogateAnswers, surrogateR2 } from "./surrogate/surrogateTree";

const maxDepth = 4;
/** a tree cuts numbers at a threshold, and takes single values of a category */
const isCategory: Record<FeatureType, boolean> = { number: false, category: true };

/**
 * A small tree fitted to the model's answers on every other hold-out row, and how well it represents the model on the
 * rest.
 */
export async function measureSurrogate(context: GlobalContext): Promise<SurrogateReport> {
  const { box, names, explainedAnswers, holdout } = context;
  const half = (odd: number) =>
    pickRows(
      holdout,
      Array.from({ length: Math.ceil((holdout.rowCount - odd) / 2) }, (_, i) => 2 * i + odd),
    );
  const fitted = half(0);
  const kept = holdout.rowCount > 1 ? half(1) : fitted;
  const { features } = box.signature;
  const tree = fitSurrogate(fitted, await box.predict(fitted), {
    isCategory: features.map(({ type }) => isCategory[type]),
    maxDepth,
    minLeafRows: Math.max(5, Math.floor(fitted.rowCount / 100)),
  });
  const named = nameTree(tree, { features, answers: names, cell: (at, value) => box.codec.cell(at, value) });
  return {
    fidelity: {
      rows: kept.rowCount,
      ...fidelity(context, kept, await box.predict(kept), surrogateAnswers(tree, kept)),
    },
    fittedRows: fitted.rowCount,
    rules: treeRules(
      named,
      explainedAnswers.map((answer) => names[answer]),
    ),
    tree: named,
  };
}

function fidelity(context: GlobalContext, rows: NumberRows, model: Outputs, surrogate: Outputs) {
  const { names, explainedAnswers, isClassifier } = context;
  const answers = explainedAnswers.map((answer) => ({
    answer: names[answer],
    r2: surrogateR2(columnOf(model, answer), columnOf(surrogate, answer)) ?? null,
  }));
  if (!isClassifier) return { answers };
  const decided = ({ values }: Outputs) => {
    const { positiveIndex, decisionThreshold } = context.sample;
    const target = new Int32Array(rows.rowCount); // only its length matters
    return decidedClasses({ classes: names, positiveIndex, decisionThreshold, target, probabilities: values });
  };
  const [own, other] = [decided(model), decided(surrogate)];
  return { answers, labelAgreement: own.filter((label, row) => label === other[row]).length / rows.rowCount };
}
