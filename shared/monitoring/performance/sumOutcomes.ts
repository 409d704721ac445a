import { emptyOutcomes } from "../countOutcomes";
import type { OutcomeProfile, ScoreBins, ValueSums } from "../outcomeProfile";

/** The outcomes of consecutive parts together. */
export function sumOutcomes(classes: readonly string[], parts: readonly OutcomeProfile[]): OutcomeProfile {
  return { ...total(classes, parts), wrongInOrder: parts.map(({ wrongInOrder }) => wrongInOrder).join("") };
}

/** The outcomes of a whole without those of one of its parts; nothing is said of their order. */
export function withoutPart(whole: OutcomeProfile, part: OutcomeProfile): OutcomeProfile {
  return { ...combine(whole, part, -1), wrongInOrder: "" };
}

function total(classes: readonly string[], parts: readonly OutcomeProfile[]): OutcomeProfile {
  return parts.reduce((sum, part) => combine(sum, part, 1), emptyOutcomes({ classes, scored: [] }));
}

function combine(a: OutcomeProfile, b: OutcomeProfile, sign: 1 | -1): OutcomeProfile {
  const values = b.values === undefined ? a.values : combineSums(a.values, b.values, sign);
  return {
    predictions: a.predictions + sign * b.predictions,
    labelled: a.labelled + sign * b.labelled,
    classes: a.classes,
    confusion: combineMatrices(a.confusion, b.confusion, sign),
    scores: combineRecords(a.scores, b.scores, (one, other) => combineBins(one, other, sign)),
    sumBrier: a.sumBrier + sign * b.sumBrier,
    sumLogLoss: a.sumLogLoss + sign * b.sumLogLoss,
    ...(values && { values }),
    wrongInOrder: "",
    slices: combineRecords(a.slices, b.slices, (one, other) => combineMatrices(one, other, sign)),
    ...((a.sliceValues || b.sliceValues) && {
      sliceValues: combineRecords(a.sliceValues ?? {}, b.sliceValues ?? {}, (one, other) => ({
        ...combineSums(one, other, sign),
        rows: (one?.rows ?? 0) + sign * other.rows,
      })),
    }),
  };
}

function combineSums(a: ValueSums | undefined, b: ValueSums, sign: number): ValueSums {
  const of = (name: keyof ValueSums) => (a?.[name] ?? 0) + sign * b[name];
  return {
    sumError: of("sumError"),
    sumAbsolute: of("sumAbsolute"),
    sumSquares: of("sumSquares"),
    sumTruth: of("sumTruth"),
    sumTruthSquares: of("sumTruthSquares"),
  };
}

/** What one side does not have counts as nothing. */
function combineRecords<T>(
  a: Record<string, T>,
  b: Record<string, T>,
  join: (one: T | undefined, other: T) => T,
): Record<string, T> {
  const joined = new Map(Object.entries(a));
  for (const [name, other] of Object.entries(b)) joined.set(name, join(joined.get(name), other));
  return Object.fromEntries(joined);
}

function combineBins(a: ScoreBins | undefined, b: ScoreBins, sign: number): ScoreBins {
  const list = (name: keyof ScoreBins) => b[name].map((value, bin) => (a?.[name][bin] ?? 0) + sign * value);
  return { rows: list("rows"), sums: list("sums"), labelled: list("labelled"), positives: list("positives") };
}

function combineMatrices(a: number[][] | undefined, b: number[][], sign: number): number[][] {
  return b.map((row, i) => row.map((count, j) => (a?.[i]?.[j] ?? 0) + sign * count));
}
