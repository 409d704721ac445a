import { z } from "zod";
import { type FeatureTable, gather, selectRows } from "../../data/featureTable";
import { AppError, isAppError } from "../../errors";
import { calibratedGraph } from "./calibratedGraph";
import { calibrationFolds } from "./calibrationFolds";
import { type Calibrator, fitCalibrator } from "./calibrator";
import { checkTrainingRows, requireClasses } from "./checkTrainingRows";
import { classProbabilities } from "./classProbabilities";
import { type FindTrainer, fitNested, nestedParameters, resolveNested } from "./nestedLearner";
import type { ClassTarget, FitContext, FittedModel, Trainer } from "./trainer";

function parametersWith(find: FindTrainer) {
  return z
    .strictObject({
      /** the learner whose probabilities are calibrated */
      learner: z.string().default("random-forest"),
      parameters: nestedParameters.default({}),
      /** isotonic follows any rising curve and needs some hundred rows a class; sigmoid has two parameters */
      method: z.enum(["isotonic", "sigmoid"]).default("isotonic"),
      /** the calibrator sees scores of models that were fitted without the fold they score */
      folds: z.int().min(2).max(20).default(3),
    })
    .transform((value, context) => resolveNested(find, value, context));
}

type CalibratedParameters = z.output<ReturnType<typeof parametersWith>>;

/** Another learner, fitted on all rows, whose probabilities pass through a calibrator learnt from out-of-fold scores; one a class, then normalised, with three or more. */
export function createCalibrated(find: FindTrainer): Trainer<CalibratedParameters> {
  return {
    learner: "calibrated",
    tasks: ["classification"],
    parameters: parametersWith(find),
    fit(table, target, settings, context) {
      requireClasses("calibrated", target);
      checkTrainingRows(table, target, context.sampleWeights);
      const positiveIndex = context.positiveIndex ?? 1;
      const { classes } = target;
      const scored = classes.length === 2 ? [positiveIndex] : [...classes.keys()];
      const calibrators = learnCalibrators(find, table, target, settings, context, scored);
      const base = fitNested(find, settings, table, target, lastPart(context, settings.folds));
      const { decisionThreshold = 0.5 } = context;
      const rule = { classes, positiveIndex, decisionThreshold };
      const columns = selectRows(table, []);
      return {
        predict: (rows) =>
          classProbabilities(
            calibrate(base.predict(rows), classes.length, scored, calibrators),
            classes.length,
            positiveIndex,
          ),
        toOnnx: () => calibratedGraph(base.toOnnx(), columns, { scored, calibrators }, rule, settings),
      };
    },
  };
}

/** One calibrator for each of the `scored` classes, from scores of every row by a model that did not see it. */
function learnCalibrators(
  find: FindTrainer,
  table: FeatureTable,
  target: ClassTarget,
  settings: CalibratedParameters,
  context: FitContext,
  scored: readonly number[],
): Calibrator[] {
  const { folds, method } = settings;
  const foldOf = calibrationFolds({ ...context, codes: target.codes }, folds, context.seed);
  const all = Int32Array.from(foldOf.keys());
  const rows = all.filter((row) => foldOf[row] >= 0);
  const width = target.classes.length;
  const scores = new Float64Array(table.rowCount * width);
  for (let fold = 0; fold < folds; fold++) {
    const held = all.filter((row) => foldOf[row] === fold);
    if (held.length === 0) continue;
    const model = fitWithout(
      find,
      table,
      target,
      settings,
      context,
      all.filter((row) => foldOf[row] >= 0 && foldOf[row] !== fold),
      fold,
    );
    const probabilities = model.predict(selectRows(table, held));
    for (const [at, row] of held.entries())
      scores.set(probabilities.subarray(at * width, (at + 1) * width), row * width);
  }
  const { sampleWeights } = context;
  const weights = Float64Array.from(rows, (row) => (sampleWeights === undefined ? 1 : sampleWeights[row]));
  return scored.map((code) =>
    fitCalibrator(
      method,
      Float64Array.from(rows, (row) => scores[row * width + code]),
      Uint8Array.from(rows, (row) => (target.codes[row] === code ? 1 : 0)),
      weights,
    ),
  );
}

function fitWithout(
  find: FindTrainer,
  table: FeatureTable,
  target: ClassTarget,
  settings: CalibratedParameters,
  context: FitContext,
  rows: Int32Array,
  fold: number,
): FittedModel {
  const { sampleWeights, times, onProgress } = context;
  const take = (values?: Float64Array) => values && gather(values, new Float64Array(rows.length), rows);
  const part = {
    ...context,
    sampleWeights: take(sampleWeights),
    times: take(times),
    onProgress: (fraction: number) => onProgress?.((fold + fraction) / (settings.folds + 1)),
  };
  const codes = gather(target.codes, new Int32Array(rows.length), rows);
  try {
    return fitNested(find, settings, selectRows(table, rows), { ...target, codes }, part);
  } catch (error) {
    if (!isAppError(error)) throw error;
    const where = `calibrated: without fold ${fold + 1} of ${settings.folds}`;
    throw new AppError(error.code, `${where}: ${error.message}`, { cause: error });
  }
}

function lastPart(context: FitContext, folds: number): FitContext {
  return { ...context, onProgress: (fraction) => context.onProgress?.((folds + fraction) / (folds + 1)) };
}

/** Calibrated probabilities as float32 values: of the positive class alone for two classes, else rows x classes. */
function calibrate(
  probabilities: Float64Array,
  width: number,
  scored: readonly number[],
  calibrators: readonly Calibrator[],
): Float64Array {
  const rowCount = probabilities.length / width;
  const all = new Float64Array(rowCount * scored.length);
  for (let row = 0; row < rowCount; row++) {
    const lanes = scored.map((code, at) => calibrators[at].at(probabilities[row * width + code]));
    const sum = scored.length === 1 ? 1 : lanes.reduce((total, lane) => total + lane, 0);
    for (const [at, lane] of lanes.entries())
      all[row * scored.length + at] = Math.fround(sum > 0 ? lane / sum : 1 / scored.length);
  }
  return all;
}
