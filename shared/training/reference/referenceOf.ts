import type { PreparedData } from "../../data/preparedData";
import { decidedClasses } from "../../evaluation/classifierOutput";
import { modelOutput } from "../../evaluation/modelOutput";
import { isClassifier, type ModelOutput } from "../../evaluation/weightedMetric";
import { drawRows } from "../../explain/model/numberRows";
import { gather, selectRows } from "../../featureTable";
import type { FittedModel } from "../../learners/trainer";
import { seededRandom } from "../../math/seededRandom";
import { addPredictedClass, addPredictedValue, emptyPredictions } from "../../monitoring/predictionProfile";
import type { FeatureBins } from "../../monitoring/profile";
import type { MonitoringReference } from "../../monitoring/reference";
import { countedRows, referenceRows } from "../../monitoring/referenceRows";
import type { TrainingProfile } from "../../monitoring/trainingProfile";
import type { SelectionMetric } from "../../usecase/selectionSpec";
import { importanceShares } from "./importanceShares";

interface FittedTrial {
  model: FittedModel;
  /** of the hold-out rows */
  predictions: Float64Array;
  seed: number;
  metric: SelectionMetric;
  decisionThreshold: number;
  entity?: string;
}

const mostHoldoutRows = 20_000;
const valueBins = 50;

/** What a fitted version is like: its training rows by day, its predictions on the hold-out, what it relies on. */
export function referenceOf(data: PreparedData, { bins }: TrainingProfile, fitted: FittedTrial): MonitoringReference {
  const { trainRows, times } = data;
  const entities = entitiesOf(data, fitted.entity);
  const rows = {
    table: selectRows(data.table, trainRows),
    times: times && gather(times, new Float64Array(trainRows.length), trainRows),
    entities: entities && gather(entities, new Int32Array(trainRows.length), trainRows),
    bins,
  };
  const importance = importanceShares(data, fitted);
  return { ...referenceRows(rows), holdout: holdoutOf(data, bins, fitted), ...(importance && { importance }) };
}

/** Whose row each is; undefined where no column that training reads tells it. */
function entitiesOf({ table, sliceTable }: PreparedData, entity: string | undefined): Int32Array | undefined {
  const categories = [...table.categories, ...(sliceTable?.categories ?? [])];
  return categories.find(({ name }) => name === entity)?.codes;
}

function holdoutOf(data: PreparedData, bins: FeatureBins[], fitted: FittedTrial): MonitoringReference["holdout"] {
  const { holdoutRows, times } = data;
  const output = modelOutput(data, holdoutRows, fitted.predictions, fitted.decisionThreshold);
  const order = Int32Array.from(holdoutRows, (_row, at) => at);
  if (times) order.sort((a, b) => times[holdoutRows[a]] - times[holdoutRows[b]] || a - b);
  const drawn = drawRows(order.length, mostHoldoutRows, seededRandom(fitted.seed));
  const kept = Array.from(drawn, (place) => order[place]);
  const inTime = selectRows(
    data.table,
    order.map((at) => holdoutRows[at]),
  );
  return {
    ...countedRows(inTime, bins, 0, inTime.rowCount),
    ...(isClassifier(output) ? ofClasses(output, kept) : ofValues(output, kept)),
  };
}

function ofClasses(output: Extract<ModelOutput, { probabilities: unknown }>, kept: number[]) {
  const { classes, probabilities, positiveIndex } = output;
  const width = classes.length;
  const decided = decidedClasses(output);
  const codes = width === 2 ? [positiveIndex ?? 1] : classes.map((_name, code) => code);
  const predictions = emptyPredictions();
  for (const [row, code] of decided.entries())
    addPredictedClass(
      predictions,
      classes[code],
      codes.map((one): [string, number] => [classes[one], probabilities[row * width + one]]),
    );
  const told = (row: number) => probabilities[row * width + (width === 2 ? codes[0] : decided[row])];
  return {
    predictions,
    probabilities: kept.map((row) => Number(told(row).toPrecision(6))),
    truths: kept.map((row) => output.target[row]),
    predicted: kept.map((row) => decided[row]),
  };
}

function ofValues({ target, predictions: values }: Extract<ModelOutput, { predictions: unknown }>, kept: number[]) {
  const sorted = values.toSorted();
  const quantile = (_: unknown, at: number) => sorted[Math.floor((sorted.length * (at + 1)) / valueBins)];
  const valueEdges = sorted.length === 0 ? [] : [...new Set(Array.from({ length: valueBins - 1 }, quantile))];
  const predictions = emptyPredictions(valueEdges);
  for (const value of values) addPredictedValue(predictions, valueEdges, value);
  return {
    predictions,
    valueEdges,
    probabilities: [],
    truths: kept.map((row) => target[row]),
    predicted: kept.map((row) => values[row]),
  };
}
