import type { FeatureTable } from "../../featureTable";
import { type PlattSigmoid, plattAt } from "../calibration/plattSigmoid";
import type { LabelRule } from "../graph/classOutputs";
import { classProbabilities } from "../rows/classProbabilities";
import type { FittedModel } from "../trainer";
import type { Machine, MachineModel } from "./machine";
import { leastProbability, machineGraph } from "./machineGraph";
import { densePoints, type Points, selectPoints, toPoints } from "./points";
import { rbfKernelRow } from "./rbfKernel";

/** The machine whose scores are log odds: minus the sigmoid's exponent. */
export function logOdds({ coefficients, intercept }: Machine, { slope, intercept: shift }: PlattSigmoid): Machine {
  return { coefficients: coefficients.map((value) => -slope * value), intercept: -slope * intercept - shift };
}

/** Machines side by side, as a model keeps them. */
export function joinMachines(machines: Machine[]): Pick<MachineModel, "coefficients" | "intercepts"> {
  const width = machines[0].coefficients.length;
  const coefficients = new Float64Array(machines.length * width);
  for (const [at, machine] of machines.entries()) coefficients.set(machine.coefficients, at * width);
  return { coefficients, intercepts: Float64Array.from(machines, ({ intercept }) => intercept) };
}

/** The model as a trainer returns it. */
export function fittedMachines(model: MachineModel, rule: LabelRule): FittedModel {
  return {
    predict: (table) => classProbabilities(machineProbabilities(model, table), rule.classes.length, rule.positiveIndex),
    toOnnx: () => machineGraph(model, rule),
  };
}

/** Probabilities, rows x machines, rounded to float32 as the graph's outputs are. */
function machineProbabilities(model: MachineModel, table: FeatureTable): Float64Array {
  const { coefficients, intercepts } = model;
  const machineCount = intercepts.length;
  const view = rowView(model, toPoints(model.features, table));
  const probabilities = new Float64Array(table.rowCount * machineCount);
  for (let row = 0; row < table.rowCount; row++) {
    const values = view(row);
    const own = probabilities.subarray(row * machineCount, (row + 1) * machineCount);
    for (let at = 0; at < machineCount; at++) {
      let sum = 0;
      for (let k = 0; k < values.length; k++) sum += coefficients[at * values.length + k] * values[k];
      own[at] = plattAt({ slope: -1, intercept: 0 }, sum + intercepts[at]);
    }
    if (machineCount > 1) shareOut(own);
    for (let at = 0; at < machineCount; at++) own[at] = Math.fround(own[at]);
  }
  return probabilities;
}

/** What the machines multiply of each row; the array is written anew for the next row. */
function rowView({ kernel, features }: MachineModel, points: Points): (row: number) => Float64Array {
  if (kernel === undefined) return (row) => densePoints(selectPoints(points, Int32Array.of(row)), features.width);
  const values = new Float64Array(kernel.points.count);
  return (row) => {
    rbfKernelRow(points, row, kernel.points, kernel.gamma, values);
    return values;
  };
}

function shareOut(probabilities: Float64Array): void {
  let sum = 0;
  for (let at = 0; at < probabilities.length; at++) {
    probabilities[at] += leastProbability;
    sum += probabilities[at];
  }
  for (let at = 0; at < probabilities.length; at++) probabilities[at] /= sum;
}
