import type { PreparedData } from "../data/preparedData";
import type { FeatureTable } from "../featureTable";
import { seededRandom } from "../math/seededRandom";
import { shortestFloat32 } from "../math/shortestFloat32";
import type { SelectionMetric } from "../usecase/selectionSpec";
import { drawRows } from "./model/numberRows";

/** A cell as a caller would write it; null if the value is missing. */
export type Cell = number | string | null;

/** Whether a value from outside is a cell. */
export function isCell(value: unknown): value is Cell {
  return value === null || typeof value === "number" || typeof value === "string";
}

/** The rows that a version's explanations are made from; JSON in a blob next to the version's other documents. */
export interface ExplanationSample {
  /** names of the columns of each row */
  features: string[];
  /** empty for regression */
  classes: string[];
  positiveIndex?: number;
  decisionThreshold: number;
  metric: SelectionMetric;
  seed: number;
  /** training rows: their values replace an absent feature */
  background: Cell[][];
  /**
   * hold-out rows with their class index or, for regression, their number: the global explanation is measured on them
   */
  holdout: { rows: Cell[][]; target: number[] };
}

const backgroundRows = 100;
const holdoutRows = 2000;

/** A seeded sample of the training and of the hold-out rows: the same data and seed give the same sample. */
export function explanationSample(
  prepared: PreparedData,
  options: { seed: number; metric: SelectionMetric; decisionThreshold: number },
): ExplanationSample {
  const { table, classes, positiveIndex, target, values } = prepared;
  const random = seededRandom(options.seed);
  const draw = (rows: Int32Array, count: number) =>
    Array.from(drawRows(rows.length, count, random), (index) => rows[index]);
  const background = draw(prepared.trainRows, backgroundRows);
  const holdout = draw(prepared.holdoutRows, holdoutRows);
  return {
    features: [...table.numbers, ...table.categories].map(({ name }) => name),
    classes,
    positiveIndex,
    ...options,
    background: background.map((row) => cellsOf(table, row)),
    holdout: { rows: holdout.map((row) => cellsOf(table, row)), target: holdout.map((row) => (values ?? target)[row]) },
  };
}

function cellsOf({ numbers, categories }: FeatureTable, row: number): Cell[] {
  return [
    ...numbers.map(({ values }) => (Number.isNaN(values[row]) ? null : shortestFloat32(values[row]))),
    ...categories.map(({ levels, codes }) => levels[codes[row]] ?? null),
  ];
}
