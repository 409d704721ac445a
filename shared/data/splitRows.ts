import { AppError } from "../errors";
import { seededRandom, shuffle } from "../random";
import type { UsecaseSpec } from "../usecase/usecaseSpec";
import type { Fold } from "./preparedData";

export interface RowSplit {
  trainRows: Int32Array;
  holdoutRows: Int32Array;
  folds: Fold[];
}

const dayMs = 86_400_000;

/** Splits rows that stand in time order (series) or in a fixed order of content, as the spec says. */
export function splitRows(spec: UsecaseSpec, target: Int32Array, times?: Float64Array): RowSplit {
  const { split } = spec;
  if (split.kind === "stratified") return stratified(target, split.holdoutFraction, split.folds, spec.seed);
  const gapMs = (spec.horizonHours ?? 0) * 3_600_000;
  const series = times as Float64Array;
  const sliding = (series.at(-1) ?? 0) - (split.holdoutDays ?? Number.POSITIVE_INFINITY) * dayMs;
  return chronological(series, Math.max(Date.parse(split.holdoutFrom), sliding), gapMs, split.folds);
}

/** Training rows end one horizon before the hold-out starts, so that no label of theirs lies in it; folds expand the same way. */
function chronological(times: Float64Array, holdoutFrom: number, gapMs: number, foldCount: number): RowSplit {
  const train: number[] = [];
  const holdout: number[] = [];
  for (let row = 0; row < times.length; row++) {
    if (times[row] >= holdoutFrom) holdout.push(row);
    else if (times[row] + gapMs <= holdoutFrom) train.push(row);
  }
  const folds: Fold[] = [];
  for (let fold = 1; fold <= foldCount; fold++) {
    const start = times[train[Math.floor((train.length * fold) / (foldCount + 1))]];
    const end = fold === foldCount ? Infinity : times[train[Math.floor((train.length * (fold + 1)) / (foldCount + 1))]];
    folds.push({
      train: Int32Array.from(train.filter((row) => times[row] + gapMs <= start && times[row] < start)),
      validation: Int32Array.from(train.filter((row) => times[row] >= start && times[row] < end)),
    });
  }
  return { trainRows: Int32Array.from(train), holdoutRows: Int32Array.from(holdout), folds: usable(folds) };
}

function stratified(target: Int32Array, holdoutFraction: number, foldCount: number, seed: number): RowSplit {
  const random = seededRandom(seed);
  const byClass = new Map<number, number[]>();
  for (let row = 0; row < target.length; row++) {
    const rows = byClass.get(target[row]);
    if (rows) rows.push(row);
    else byClass.set(target[row], [row]);
  }
  const holdout: number[] = [];
  const folds: number[][] = Array.from({ length: foldCount }, () => []);
  for (const code of [...byClass.keys()].sort((a, b) => a - b)) {
    const rows = shuffle(byClass.get(code) as number[], random);
    const kept = Math.round(rows.length * holdoutFraction);
    holdout.push(...rows.slice(0, kept));
    for (const [i, row] of rows.slice(kept).entries()) folds[i % foldCount].push(row);
  }
  const sorted = (rows: number[]) => Int32Array.from(rows).sort();
  return {
    trainRows: sorted(folds.flat()),
    holdoutRows: sorted(holdout),
    folds: usable(
      folds.map((validation) => ({
        train: sorted(folds.filter((fold) => fold !== validation).flat()),
        validation: sorted(validation),
      })),
    ),
  };
}

function usable(folds: Fold[]): Fold[] {
  const some = folds.filter(({ train, validation }) => train.length > 0 && validation.length > 0);
  if (some.length === 0) throw new AppError("rejected", "the training rows are too few to hold validation rows back");
  return some;
}
