import { z } from "zod";
import { selectRows } from "../../featureTable";
import { type Calibrator, fitCalibrator } from "../calibration/calibrator";
import { calibrationFolds } from "../rows/calibrationFolds";
import { checkTrainingRows, requireClasses } from "../rows/checkTrainingRows";
import { classProbabilities } from "../rows/classProbabilities";
import { type FindTrainer, fitNested, nestedParameters, resolveNested } from "../rows/nestedLearner";
import { type FitRows, outOfFoldScores } from "../rows/outOfFoldScores";
import type { FitContext, Trainer } from "../trainer";
import { calibratedGraph } from "./calibratedGraph";

function parametersWith(find: FindTrainer) {
  return z
    .strictObject({
      /** the learner whose probabilities are calibrated */
      learner: z.string().default("random-forest"),
      parameters: nestedParameters.default({}),
      /** isotonic follows any rising curve and needs some hundred rows per class; sigmoid has two parameters */
      method: z.enum(["isotonic", "sigmoid"]).default("isotonic"),
      /** the calibrator sees scores of models that were fitted without the fold they score */
      folds: z.int().min(2).max(20).default(3),
    })
    .transform((value, context) => resolveNested(find, value, context));
}

type CalibratedParameters = z.output<ReturnType<typeof parametersWith>>;

/**
 * Another learner, fitted on all rows, whose probabilities pass through a calibrator learned from out-of-fold scores;
 * one per class, then normalised, with three or more.
 */
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
      const foldsDone = settings.folds / (settings.folds + 1);
      const folds = { table, target, context: during(context, 0, foldsDone) };
      const calibrators = learnCalibrators(find, folds, settings, scored);
      const base = fitNested(find, settings, table, target, during(context, foldsDone, 1));
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
  rows: FitRows,
  settings: CalibratedParameters,
  scored: readonly number[],
): Calibrator[] {
  const { target, context } = rows;
  const foldOf = calibrationFolds({ ...context, codes: target.codes }, settings.folds, context.seed);
  const scores = outOfFoldScores(rows, foldOf, settings.folds, (part) =>
    fitNested(find, settings, part.table, part.target, part.context),
  );
  const used = Int32Array.from(foldOf.keys()).filter((row) => foldOf[row] >= 0);
  const plainWeights = context.plainWeights ?? context.sampleWeights;
  const weights = Float64Array.from(used, (row) => plainWeights?.[row] ?? 1);
  return scored.map((code) =>
    fitCalibrator(
      settings.method,
      Float64Array.from(used, (row) => scores[row * target.classes.length + code]),
      Uint8Array.from(used, (row) => (target.codes[row] === code ? 1 : 0)),
      weights,
    ),
  );
}

/** `context` whose progress fills the part from `from` to `to` of the whole. */
function during(context: FitContext, from: number, to: number): FitContext {
  return { ...context, onProgress: (fraction) => context.onProgress?.(from + (to - from) * fraction) };
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
    const outputs = scored.map((code, at) => calibrators[at].at(probabilities[row * width + code]));
    const sum = scored.length === 1 ? 1 : outputs.reduce((total, output) => total + output, 0);
    for (const [at, output] of outputs.entries())
      all[row * scored.length + at] = Math.fround(sum > 0 ? output / sum : 1 / scored.length);
  }
  return all;
}
