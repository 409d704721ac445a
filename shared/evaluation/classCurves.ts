import { type CalibrationBin, calibrationBins, expectedCalibrationError } from "./calibration";
import { type ClassifierOutput, judgedClasses, membershipOf, scoresOf } from "./classifierOutput";
import { type LiftRow, liftTable } from "./liftTable";
import { type PrecisionRecallCurve, precisionRecallCurve, type RocCurve, rocCurve } from "./rankingCurves";
import { thinCurve } from "./thinCurve";

/** A curve for storage: thinned, rounded, an infinite threshold written as null. */
type Stored<Curve> = Omit<Curve, "thresholds"> & { thresholds: (number | null)[] };

/** The curves of one class against the rest; null or empty where a class that they need is absent. */
export interface ClassCurves {
  class: string;
  roc: Stored<RocCurve> | null;
  precisionRecall: Stored<PrecisionRecallCurve> | null;
  calibration: {
    equalWidth: CalibrationBin[];
    equalMass: CalibrationBin[];
    /** expected calibration error over the bins of the same name */
    error: { equalWidth: number; equalMass: number };
  };
  lift: LiftRow[];
}

const calibrationBinCount = 10;
const most = { points: 200, inAll: 1600, least: 20 };

/**
 * Curves of the positive class of two, or of every class; each curve has at most 200 points, fewer where there are many
 * classes.
 */
export function classCurves(output: ClassifierOutput): ClassCurves[] {
  const codes = judgedClasses(output);
  const points = Math.max(most.least, Math.min(most.points, Math.floor(most.inAll / codes.length)));
  return codes.map((code) => {
    const scores = scoresOf(output, code);
    const positive = membershipOf(output, code);
    const roc = rocCurve(scores, positive);
    const precisionRecall = precisionRecallCurve(scores, positive);
    const equalWidth = calibrationBins(scores, positive, { bins: calibrationBinCount, binning: "uniform" });
    const equalMass = calibrationBins(scores, positive, { bins: calibrationBinCount, binning: "quantile" });
    return {
      class: output.classes[code],
      roc: roc && stored(roc, "falsePositiveRate", "truePositiveRate", points),
      precisionRecall: precisionRecall && stored(precisionRecall, "recall", "precision", points),
      calibration: {
        equalWidth: equalWidth.map(roundedFields),
        equalMass: equalMass.map(roundedFields),
        error: {
          equalWidth: expectedCalibrationError(equalWidth),
          equalMass: expectedCalibrationError(equalMass),
        },
      },
      lift: liftTable(scores, positive).map(roundedFields),
    };
  });
}

function stored<Curve extends { thresholds: number[] } & Record<keyof Curve, number[]>>(
  curve: Curve,
  x: keyof Curve,
  y: keyof Curve,
  points: number,
): Stored<Curve> {
  const kept = thinCurve(curve[x], curve[y], points);
  const columns = Object.entries<number[]>(curve).map(([name, values]) => [
    name,
    kept.map((i) => (Number.isFinite(values[i]) ? rounded(values[i]) : null)),
  ]);
  return Object.fromEntries(columns);
}

function roundedFields<T extends object>(fields: T): T {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, rounded(value)])) as T;
}

/** Six significant digits: as many as a float32 probability holds, with no tail. */
function rounded(value: number): number {
  return Number(value.toPrecision(6));
}
