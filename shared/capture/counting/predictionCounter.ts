import type { PredictionProfile } from "../../monitoring/windowProfile";
import type { ModelSignature } from "../../onnx/signature";
import { addCounts } from "./addCounts";

const scoreBins = 50;

type ScoreCounts = PredictionProfile["scores"][string];

/** Predictions as captured lines keep them, by column; the rows of a column may be fewer than those of the request. */
interface CapturedPredictions {
  label?: string[];
  /** of the label */
  probability?: (number | null)[];
  /** of every class, where there are more than two */
  probabilities?: number[][];
  value?: number[];
}

/** Predictions of no rows; with `valueEdges`, predicted numbers are counted between them. */
export function noPredictions(valueEdges?: readonly number[]): PredictionProfile {
  const values = valueEdges && { bins: zeros(valueEdges.length + 1), sum: 0, sumSquares: 0 };
  return { rows: 0, labels: {}, scores: {}, ...(values && { values }) };
}

/** Counts the predictions of one version while they come. */
export class PredictionCounter {
  private rows = 0;
  private readonly labels = new Map<string, number>();
  /** by the place of the class; of two classes only the second is counted */
  private readonly scores = new Map<number, ScoreCounts>();
  private readonly values: PredictionProfile["values"];
  private readonly edges: readonly number[];
  private readonly classes: readonly string[];

  constructor({ classes = [] }: ModelSignature, valueEdges?: readonly number[]) {
    this.classes = classes;
    this.edges = valueEdges ?? [];
    this.values = noPredictions(valueEdges).values;
  }

  /** Counts the predictions of a line, JSON text; those that are none count nothing. */
  add(text: string | undefined): void {
    const { label, probability, probabilities, value } = predictionsIn(text);
    if (Array.isArray(value)) this.addValues(value);
    if (!Array.isArray(label)) return;
    this.rows += label.length;
    for (const name of label) this.labels.set(name, (this.labels.get(name) ?? 0) + 1);
    if (Array.isArray(probabilities)) this.addAll(probabilities);
    else if (Array.isArray(probability) && this.classes.length === 2) this.addPositive(label, probability);
  }

  /** The counts so far. */
  total(): PredictionProfile {
    const scores = [...this.scores].map(([code, counts]) => [this.classes[code], counts]);
    return {
      rows: this.rows,
      labels: Object.fromEntries(this.labels),
      scores: Object.fromEntries(scores),
      ...(this.values && { values: this.values }),
    };
  }

  private addPositive(labels: string[], probabilities: (number | null)[]): void {
    const counts = this.countsOf(1);
    for (let row = 0; row < labels.length; row++) {
      const own = probabilities[row];
      if (typeof own === "number") addScore(counts, labels[row] === this.classes[1] ? own : 1 - own);
    }
  }

  private addAll(rows: number[][]): void {
    for (const row of rows)
      for (let code = 0; code < row.length && code < this.classes.length; code++)
        addScore(this.countsOf(code), row[code]);
  }

  private countsOf(code: number): ScoreCounts {
    let counts = this.scores.get(code);
    if (counts === undefined) {
      counts = { rows: zeros(scoreBins), sums: zeros(scoreBins) };
      this.scores.set(code, counts);
    }
    return counts;
  }

  private addValues(values: number[]): void {
    this.rows += values.length;
    const counts = this.values;
    if (counts === undefined) return;
    for (const value of values) {
      let bin = 0;
      while (bin < this.edges.length && this.edges[bin] <= value) bin++;
      counts.bins[bin]++;
      counts.sum += value;
      counts.sumSquares += value * value;
    }
  }
}

function addScore(counts: ScoreCounts, probability: number): void {
  const bin = Math.min(scoreBins - 1, Math.max(0, Math.floor(probability * scoreBins)));
  counts.rows[bin]++;
  counts.sums[bin] += probability;
}

function predictionsIn(text: string | undefined): CapturedPredictions {
  if (text === undefined) return {};
  try {
    return (JSON.parse(text) ?? {}) as CapturedPredictions;
  } catch {
    return {}; // a damaged line, whose inputs are not where they should be either
  }
}

/** The sums of two parts together. */
export function mergePredictions(a: PredictionProfile, b: PredictionProfile): PredictionProfile {
  const scores = new Map(Object.entries(a.scores));
  for (const [name, counts] of Object.entries(b.scores)) {
    const own = scores.get(name);
    scores.set(name, own ? { rows: added(own.rows, counts.rows), sums: added(own.sums, counts.sums) } : counts);
  }
  const values = a.values &&
    b.values && {
      bins: added(a.values.bins, b.values.bins),
      sum: a.values.sum + b.values.sum,
      sumSquares: a.values.sumSquares + b.values.sumSquares,
    };
  return {
    rows: a.rows + b.rows,
    labels: addCounts(a.labels, b.labels),
    scores: Object.fromEntries(scores),
    ...(values && { values }),
  };
}

function added(a: number[], b: number[]): number[] {
  return a.map((value, i) => value + b[i]);
}

function zeros(length: number): number[] {
  return new Array<number>(length).fill(0);
}
