import { AppError } from "../../shared/errors";
import { classCurves } from "../../shared/evaluation/classCurves";
import { classificationMetrics } from "../../shared/evaluation/classificationMetrics";
import type { ClassifierOutput } from "../../shared/evaluation/classifierOutput";
import { fBeta } from "../../shared/math/confusion";
import { ownValue } from "../../shared/ownValue";
import type { EvaluatedTable } from "./readTable";
import { type EvaluationReport, type IntervalOptions, intervalsOf } from "./report";

export interface ClassOptions extends IntervalOptions {
  truth: string;
  /**
   * column of the predicted class; without it, probabilities decide: by `threshold` with two classes, else the most
   * likely one
   */
  prediction?: string;
  /** class -> column; with two classes, one is enough */
  probabilities: Record<string, string>;
  positive?: string;
  threshold: number;
  beta: number;
}

/** Metrics of the predicted classes, and of the probabilities if there are any. */
export function evaluateClasses(table: EvaluatedTable, options: ClassOptions): EvaluationReport {
  const truth = table.texts(options.truth);
  const named = Object.keys(options.probabilities);
  const predicted = options.prediction === undefined ? undefined : table.texts(options.prediction);
  const classes = classesOf([...truth, ...(predicted ?? []), ...named], options.positive);
  const probable = named.length === 0 ? undefined : outputOf(table, truth, classes, options);
  const decided = predicted === undefined ? probable : certainOutput(truth, predicted, classes);
  if (decided === undefined)
    throw new AppError(
      "invalid_input",
      "give the column of predicted classes (--prediction) or of probabilities (--probability)",
    );
  const ofDecisions = describeDecisions(decided, table, options);
  return probable === undefined ? ofDecisions : withProbabilities(ofDecisions, probable, table, options);
}

function describeDecisions(output: ClassifierOutput, table: EvaluatedTable, options: ClassOptions): EvaluationReport {
  const all = classificationMetrics(output);
  const { rows, accuracy, balancedAccuracy, precision, recall, f1, mcc, confusionMatrix, byClass } = all;
  const { classes } = output;
  const beta = classes.map((name, i) => [`f${options.beta} of ${name}`, fBeta(confusionMatrix, i, options.beta)]);
  return {
    rows,
    metrics: { accuracy, balancedAccuracy, precision, recall, f1, mcc, ...Object.fromEntries(beta) },
    intervals: intervalsOf(["accuracy", "balancedAccuracy", "f1", "mcc"], output, table, options),
    details: { classes, confusionMatrix, byClass },
  };
}

function withProbabilities(
  report: EvaluationReport,
  output: ClassifierOutput,
  table: EvaluatedTable,
  options: ClassOptions,
): EvaluationReport {
  const { rocAuc, prAuc, brier, logLoss } = classificationMetrics(output);
  const curves = classCurves(output);
  const errors = curves.map((one) => [`calibrationError of ${one.class}`, one.calibration.error.equalMass]);
  return {
    ...report,
    metrics: { ...report.metrics, rocAuc, prAuc, brier, logLoss, ...Object.fromEntries(errors) },
    intervals: {
      ...report.intervals,
      ...intervalsOf(["rocAuc", "prAuc", "brier", "logLoss"], output, table, options),
    },
    details: { ...report.details, curves },
  };
}

/** Predicted classes as an output: probability 1 for each predicted class. */
function certainOutput(truth: string[], predicted: string[], classes: string[]): ClassifierOutput {
  const probabilities = new Float64Array(predicted.length * classes.length);
  for (const [row, code] of codesOf(predicted, classes).entries()) probabilities[row * classes.length + code] = 1;
  return { classes, positiveIndex: positiveIndex(classes), target: codesOf(truth, classes), probabilities };
}

function outputOf(
  table: EvaluatedTable,
  truth: string[],
  classes: string[],
  { probabilities: columns, threshold }: ClassOptions,
): ClassifierOutput {
  const given = classes.map((name) => {
    const column = ownValue(columns, name);
    return column === undefined ? undefined : probabilityColumn(table, column);
  });
  const known = given.filter((column) => column !== undefined);
  if (known.length < classes.length && !(classes.length === 2 && known.length === 1))
    throw new AppError("invalid_input", `give a probability column for each class: ${classes.join(", ")}`);
  const probabilities = new Float64Array(truth.length * classes.length);
  for (let row = 0; row < truth.length; row++)
    for (const [code, column] of given.entries())
      probabilities[row * classes.length + code] = column ? column[row] : 1 - known[0][row];
  return {
    classes,
    positiveIndex: positiveIndex(classes),
    target: codesOf(truth, classes),
    probabilities,
    decisionThreshold: threshold,
  };
}

function probabilityColumn(table: EvaluatedTable, column: string): Float64Array {
  const values = table.numbers(column);
  const row = values.findIndex((value) => value < 0 || value > 1);
  if (row < 0) return values;
  throw new AppError(
    "invalid_input",
    `row ${row + 1}, column "${column}": ${values[row]} is not a probability (0 to 1)`,
  );
}

/** Every class that occurs, sorted; if there are two, the positive one is last. */
function classesOf(names: string[], positive?: string): string[] {
  const classes = [...new Set(names)].sort();
  if (classes.length < 2) throw new AppError("invalid_input", `there is only one class: ${classes[0]}`);
  if (classes.length > 2) return classes;
  if (positive === undefined || !classes.includes(positive))
    throw new AppError("invalid_input", `give the positive class with --positive: ${classes.join(" or ")}`);
  return classes[1] === positive ? classes : classes.reverse();
}

function positiveIndex(classes: string[]): number | undefined {
  return classes.length === 2 ? 1 : undefined;
}

function codesOf(names: string[], classes: string[]): Int32Array {
  const code = new Map(classes.map((name, i) => [name, i]));
  return Int32Array.from(names, (name) => code.get(name) as number);
}
