import type { GraphBuilder } from "../../onnx/graph";
import { fitIsotonic, type IsotonicCurve, isotonicAt } from "./isotonicCurve";
import { fitPlatt, type PlattSigmoid, plattAt } from "./plattSigmoid";

/** Turns a probability that ranks well into one that is calibrated. */
export interface Calibrator {
  at(score: number): number;
  /** Adds the same to `graph` for float64 scores [rows, 1]; returns float64 probabilities [rows, 1]. */
  addTo(graph: GraphBuilder, scores: string): string;
}

/**
 * Learns a calibrator from scores of rows that the scored model was not fitted on; `positive` is 0 or 1 per row,
 * weights are positive.
 */
export function fitCalibrator(
  method: "isotonic" | "sigmoid",
  scores: Float64Array,
  positive: Uint8Array,
  weights: Float64Array,
): Calibrator {
  if (method === "sigmoid") {
    const sigmoid = fitPlatt(scores.map(logOdds), positive, weights);
    return {
      at: (score) => plattAt(sigmoid, logOdds(score)),
      addTo: (graph, input) => addSigmoid(graph, input, sigmoid),
    };
  }
  const curve = fitIsotonic(scores, positive, weights);
  return { at: (score) => isotonicAt(curve, score), addTo: (graph, input) => addCurve(graph, input, curve) };
}

/**
 * added to either side of the odds: a forest's 0 and 1 stay finite, and one row that it was wrongly sure of does not
 * decide the slope
 */
const leastOdds = 1e-3;

/**
 * The log odds of a probability, on which Platt's scaling is linear where the model itself is (a boosted or linear
 * one).
 */
function logOdds(probability: number): number {
  return Math.log(probability + leastOdds) - Math.log(1 + leastOdds - probability);
}

function addLogOdds(graph: GraphBuilder, probabilities: string): string {
  const constant = (value: number) => graph.constant(Float64Array.of(value), [1]);
  const odds = graph.node("Log", [graph.node("Add", [probabilities, constant(leastOdds)])]);
  return graph.node("Sub", [odds, graph.node("Log", [graph.node("Sub", [constant(1 + leastOdds), probabilities])])]);
}

function addSigmoid(graph: GraphBuilder, scores: string, { slope, intercept }: PlattSigmoid): string {
  const scaled = graph.node("Mul", [addLogOdds(graph, scores), graph.constant(Float64Array.of(-slope), [1])]);
  return graph.node("Sigmoid", [graph.node("Sub", [scaled, graph.constant(Float64Array.of(intercept), [1])])]);
}

/** The first value plus, for each piece of the curve, its slope times how far the score has come in it. */
function addCurve(graph: GraphBuilder, scores: string, { knots, values }: IsotonicCurve): string {
  const pieces = knots.length - 1;
  const first = graph.constant(Float64Array.of(values[0]), [1]);
  const zero = graph.constant(Float64Array.of(0), [1]);
  if (pieces === 0) return graph.node("Add", [graph.node("Mul", [scores, zero]), first]);
  const widths = knots.slice(1).map((knot, at) => knot - knots[at]);
  const slopes = widths.map((width, at) => (values[at + 1] - values[at]) / width);
  const beyond = graph.node("Sub", [scores, graph.constant(knots.slice(0, pieces), [1, pieces])]);
  const within = graph.node("Min", [graph.node("Max", [beyond, zero]), graph.constant(widths, [1, pieces])]);
  const rise = graph.node("MatMul", [within, graph.constant(slopes, [pieces, 1])]);
  return graph.node("Add", [rise, first]);
}
