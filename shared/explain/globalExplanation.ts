import type { FeatureType } from "../featureTable";
import type { SelectionMetric } from "../usecase/selectionSpec";
import type { Method } from "./explainRows";
import type { Cell } from "./explanationSample";

/** What a model version relies on, over many rows; a JSON document. */
export interface GlobalExplanation {
  model: string;
  version: number;
  /** baselines that the version is not shown to be better than; absent if there are none */
  notShownBetter?: string[];
  /** the origin of the rows */
  background: { rows: number; source: string };
  /** what the model answers with: a probability for each class, or one value */
  kind: "probability" | "value";
  /** the explained answers: for two classes the positive one, else every class; "value" if there are no classes */
  answers: string[];
  /** absent if there are no rows with known truth */
  importance?: ImportanceReport;
  shapley: ShapleyReport;
  dependence: DependenceReport[];
  surrogate: SurrogateReport;
}

export interface ImportanceReport {
  metric: SelectionMetric;
  /** of the model on the rows as they are */
  value: number;
  rows: number;
  repeats: number;
  /** the largest first; how much worse the metric is with the feature's values shuffled among the rows */
  features: { feature: string; importance: number; deviation: number }[];
}

export interface ShapleyReport {
  method: Method;
  fallback?: string;
  explains: { value: string; note: string };
  rows: number;
  /** one entry per answer, the largest feature first */
  answers: { answer: string; baseValue: number; features: { feature: string; meanAbsolute: number }[] }[];
}

export interface DependenceReport {
  feature: string;
  type: FeatureType;
  /** unit of measurement, as the use case declares it */
  unit?: string;
  grid: Cell[];
  rows: number;
  /** for each answer: the mean curve, and the curves of some rows */
  answers: { answer: string; mean: number[]; some: number[][] }[];
}

export interface SurrogateReport {
  /** measured on rows that the tree was not fitted on */
  fidelity: { rows: number; labelAgreement?: number; answers: { answer: string; r2: number | null }[] };
  fittedRows: number;
  /** one per leaf */
  rules: string[];
  tree: SurrogateJson;
}

/** The tree with names instead of numbers. */
export interface SurrogateJson {
  rows: number;
  answers: Record<string, number>;
  split?: {
    feature: string;
    threshold?: number;
    values?: Cell[];
    /** where rows with a missing number went, if there were any */
    missing?: "left" | "right";
    left: SurrogateJson;
    right: SurrogateJson;
  };
}
