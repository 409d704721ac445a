import type { Outputs } from "./blackBox";

/** How the trees' raw scores become what the model answers. */
export type Link = "identity" | "sigmoid" | "softmax" | "monotone";

/** Which raw score speaks of an answer: `offset + sign x raw[output]`. */
export interface ScoreOf {
  link: Link;
  output: number;
  sign: 1 | -1;
  offset: number;
}

/** answers are float32 sums over all trees, raw scores are float64 ones */
const tolerance = 2e-5;

/**
 * Finds, by comparing them on the same rows, how raw scores relate to answer `answer`; undefined when in none of the known ways. That the
 * two agree also proves that the trees were read as ONNX Runtime reads them.
 */
export function scoreLink(raw: Outputs, answers: Outputs, answer: number): ScoreOf | undefined {
  if (raw.outputCount === answers.outputCount) {
    for (const link of ["identity", "softmax"] as const)
      if (agrees(raw, answers, (scores) => (link === "identity" ? scores : softmax(scores))))
        return { link, output: answer, sign: 1, offset: 0 };
    return undefined;
  }
  if (raw.outputCount !== 1 || answers.outputCount !== 2) return undefined;
  for (const speaksOf of [1, 0]) {
    const isOwn = answer === speaksOf;
    const score = { output: 0, sign: isOwn ? 1 : -1 } as const;
    const two = (p: number) => (speaksOf === 1 ? [1 - p, p] : [p, 1 - p]);
    if (agrees(raw, answers, ([p]) => two(p))) return { link: "identity", ...score, offset: isOwn ? 0 : 1 };
    if (agrees(raw, answers, ([z]) => two(1 / (1 + Math.exp(-z))))) return { link: "sigmoid", ...score, offset: 0 };
  }
  for (const speaksOf of [1, 0])
    if (rises(raw, answers, speaksOf))
      return { link: "monotone", output: 0, sign: answer === speaksOf ? 1 : -1, offset: 0 };
  return undefined;
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

/** Whether an answer never falls while the score rises, and does rise: a calibrated probability, say. */
function rises(raw: Outputs, answers: Outputs, answer: number): boolean {
  const order = Array.from(raw.values.keys()).sort((a, b) => raw.values[a] - raw.values[b]);
  const along = order.map((row) => answers.values[row * answers.outputCount + answer]);
  const falls = along.some((value, i) => i > 0 && value < along[i - 1] - tolerance);
  return !falls && along[along.length - 1] > along[0];
}
