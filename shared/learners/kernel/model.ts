import type { FeatureTable } from "../../featureTable";
import { type PlattSigmoid, plattAt } from "../calibration/plattSigmoid";
import type { LabelRule } from "../graph/classOutputs";
import { classProbabilities } from "../rows/classProbabilities";
import type { FittedModel } from "../trainer";
import type { Machine, SvmModel } from "./machine";
import { densePoints, type SvmPoints, selectPoints, svmPoints } from "./points";
import { rbfKernelRow } from "./rbfKernel";
import { leastProbability, svmGraph } from "./supportGraph";

/** The machine whose scores are log odds: minus the sigmoid's exponent. */
export function logOdds({ coefficients, intercept }: Machine, { slope, intercept: shift }: PlattSigmoid): Machine {
  return { coefficients: coefficients.map((value) => -slope * value), intercept: -slope * intercept - shift };
}

/** Machines side by side, as a model keeps them. */
export function joinMachines(machines: Machine[]): Pick<SvmModel, "coefficients" | "intercepts"> {
  const width = machines[0].coefficients.length;
  const coefficients = new Float64Array(machines.length * width);
  for (const [lane, machine] of machines.entries()) coefficients.set(machine.coefficients, lane * width);
  return { coefficients, intercepts: Float64Array.from(machines, ({ intercept }) => intercept) };
}

/** The model as a trainer returns it. */
export function fittedSvm(model: SvmModel, rule: LabelRule): FittedModel {
  return {
    predict: (table) => classProbabilities(laneProbabilities(model, table), rule.classes.length, rule.positiveIndex),
    toOnnx: () => svmGraph(model, rule),
  };
}

/** Probabilities, rows x lanes, rounded to float32 as the graph's outputs are. */
function laneProbabilities(model: SvmModel, table: FeatureTable): Float64Array {
  const { coefficients, intercepts } = model;
  const laneCount = intercepts.length;
  const view = rowView(model, svmPoints(model.features, table));
  const probabilities = new Float64Array(table.rowCount * laneCount);
  for (let row = 0; row < table.rowCount; row++) {
    const values = view(row);
    const own = probabilities.subarray(row * laneCount, (row + 1) * laneCount);
    for (let lane = 0; lane < laneCount; lane++) {
      let sum = 0;
      for (let k = 0; k < values.length; k++) sum += coefficients[lane * values.length + k] * values[k];
      own[lane] = plattAt({ slope: -1, intercept: 0 }, sum + intercepts[lane]);
    }
    if (laneCount > 1) shareOut(own);
    for (let lane = 0; lane < laneCount; lane++) own[lane] = Math.fround(own[lane]);
  }
  return probabilities;
}

/** What the machines multiply of each row; the array is written anew for the next row. */
function rowView({ kernel, features }: SvmModel, points: SvmPoints): (row: number) => Float64Array {
  if (kernel === undefined) return (row) => densePoints(selectPoints(points, Int32Array.of(row)), features.width);
  const values = new Float64Array(kernel.points.count);
  return (row) => {
    rbfKernelRow(points, row, kernel.points, kernel.gamma, values);
    return values;
  };
}

function shareOut(probabilities: Float64Array): void {
  let sum = 0;
  for (let lane = 0; lane < probabilities.length; lane++) {
    probabilities[lane] += leastProbability;
    sum += probabilities[lane];
  }
  for (let lane = 0; lane < probabilities.length; lane++) probabilities[lane] /= sum;
}
