import type { Outputs } from "./blackBox";
import { fitAffine } from "./fitAffine";

/** How the trees' raw scores become the model's answers. */
export type Link = "identity" | "affine" | "sigmoid" | "softmax" | "monotone";

/** The score behind an answer: `offset` plus the weighted sum of the trees' outputs. */
export interface ScoreOf {
  link: Link;
  weights: number[];
  offset: number;
}

/** answers are float32 sums over all trees, raw scores are float64 ones */
const tolerance = 2e-5;

/**
 * Finds how raw scores relate to answer `answer` by comparing them on the same rows; undefined if in none of the known
 * ways. Their agreement also proves that the trees were read as ONNX Runtime reads them.
 */
export function scoreLink(raw: Outputs, answers: Outputs, answer: number): ScoreOf | undefined {
  if (raw.outputCount === answers.outputCount) {
    const weights = Array.from({ length: raw.outputCount }, (_, output) => (output === answer ? 1 : 0));
    if (agrees(raw, answers, (scores) => scores)) return { link: "identity", weights, offset: 0 };
    if (raw.outputCount > 1 && agrees(raw, answers, softmax)) return { link: "softmax", weights, offset: 0 };
  }
  if (answers.outputCount === 1) return affineLink(raw, answers);
  return raw.outputCount === 1 && answers.outputCount === 2 ? twoClassLink(raw, answers, answer) : undefined;
}

function twoClassLink(raw: Outputs, answers: Outputs, answer: number): ScoreOf | undefined {
  for (const speaksOf of [1, 0]) {
    const isOwn = answer === speaksOf;
    const weights = [isOwn ? 1 : -1];
    const two = (p: number) => (speaksOf === 1 ? [1 - p, p] : [p, 1 - p]);
    if (agrees(raw, answers, ([p]) => two(p))) return { link: "identity", weights, offset: isOwn ? 0 : 1 };
    if (agrees(raw, answers, ([z]) => two(1 / (1 + Math.exp(-z))))) return { link: "sigmoid", weights, offset: 0 };
  }
  for (const speaksOf of [1, 0])
    if (rises(raw, answers, speaksOf)) return { link: "monotone", weights: [answer === speaksOf ? 1 : -1], offset: 0 };
  return undefined;
}

function affineLink(raw: Outputs, answers: Outputs): ScoreOf | undefined {
  const found = fitAffine(raw, answers.values);
  if (found === undefined) return undefined;
  const { weights, offset } = found;
  const value = (scores: number[]) => [scores.reduce((sum, score, i) => sum + weights[i] * score, offset)];
  return agrees(raw, answers, value) ? { link: "affine", ...found } : undefined;
}

function agrees(raw: Outputs, answers: Outputs, transform: (scores: number[]) => ArrayLike<number>): boolean {
  const rowCount = raw.values.length / raw.outputCount;
  for (let row = 0; row < rowCount; row++) {
    const scores = Array.from(raw.values.subarray(row * raw.outputCount, (row + 1) * raw.outputCount));
    const expected = transform(scores);
    for (let i = 0; i < answers.outputCount; i++) {
      const difference = Math.abs(answers.values[row * answers.outputCount + i] - expected[i]);
      if (!(difference <= tolerance * Math.max(1, Math.abs(expected[i])))) return false;
    }
  }
  return true;
}

function softmax(scores: number[]): number[] {
  const highest = Math.max(...scores);
  const powers = scores.map((score) => Math.exp(score - highest));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}

/** Whether an answer never falls as the score rises, and does rise: a calibrated probability, for example. */
function rises(raw: Outputs, answers: Outputs, answer: number): boolean {
  const order = Array.from(raw.values.keys()).sort((a, b) => raw.values[a] - raw.values[b]);
  const along = order.map((row) => answers.values[row * answers.outputCount + answer]);
  const falls = along.some((value, i) => i > 0 && value < along[i - 1] - tolerance);
  return !falls && along[along.length - 1] > along[0];
}
