import { accuracy, type ConfusionMatrix } from "../../math/confusion";
import type { OutcomeProfile, SliceValues } from "../outcomeProfile";

/** How much worse a slice does than all other rows, and how sure that is. */
export interface SliceGap {
  /** "column=level" */
  slice: string;
  statistic: "accuracy gap" | "recall gap" | "error gap";
  rows: number;
  otherRows: number;
  value: number;
  other: number;
  /** positive where the slice is worse; of errors in units of the others' */
  gap: number;
  /** standard error of the gap */
  error: number;
}

interface Share {
  hits: number;
  rows: number;
}

/**
 * The gap of every slice that has `minRows` rows, and leaves as many. Each row counts as 1 / `inflation` independent
 * ones, since neighbouring rows of a series err alike.
 */
export function sliceGaps(
  outcomes: OutcomeProfile,
  { positive, minRows, inflation }: { positive?: string; minRows: number; inflation: number },
): SliceGap[] {
  const { confusion, classes, slices, values, sliceValues } = outcomes;
  const enough = (gap: SliceGap) => gap.rows >= minRows && gap.otherRows >= minRows;
  if (values !== undefined)
    return Object.entries(sliceValues ?? {})
      .flatMap(([slice, own]) => errorGap(slice, own, { ...values, rows: outcomes.labelled }, inflation))
      .filter(enough);
  const code = positive === undefined ? -1 : classes.indexOf(positive);
  const gaps = Object.entries(slices).flatMap(([slice, own]) => [
    shareGap({ slice, statistic: "accuracy gap" }, correct(own), correct(confusion), inflation),
    ...(code < 0
      ? []
      : [shareGap({ slice, statistic: "recall gap" }, found(own, code), found(confusion, code), inflation)]),
  ]);
  return gaps.filter(enough);
}

function correct(matrix: ConfusionMatrix): Share {
  const rows = sum(matrix.map(sum));
  return { rows, hits: accuracy(matrix) * rows };
}

function found(matrix: ConfusionMatrix, code: number): Share {
  return { rows: sum(matrix[code]), hits: matrix[code][code] };
}

type Named = Pick<SliceGap, "slice" | "statistic">;

/** Two proportions, pooled. */
function shareGap(named: Named, own: Share, all: Share, inflation: number): SliceGap {
  const rest = { rows: all.rows - own.rows, hits: all.hits - own.hits };
  const share = ({ hits, rows }: Share) => (rows === 0 ? 0 : hits / rows);
  const pooled = share({ hits: all.hits + 1, rows: all.rows + 2 });
  const error = Math.sqrt(pooled * (1 - pooled) * inflation * (1 / own.rows + 1 / rest.rows));
  const gap = share(rest) - share(own);
  return { ...named, rows: own.rows, otherRows: rest.rows, value: share(own), other: share(rest), gap, error };
}

/** Mean absolute errors with their own variances; none where the others make no error. */
function errorGap(slice: string, own: SliceValues, all: SliceValues, inflation: number): SliceGap[] {
  const rest = {
    rows: all.rows - own.rows,
    sumAbsolute: all.sumAbsolute - own.sumAbsolute,
    sumSquares: all.sumSquares - own.sumSquares,
  };
  const mean = (side: typeof rest) => side.sumAbsolute / side.rows;
  const other = mean(rest);
  if (!(other > 0) || own.rows === 0) return [];
  const variance = (side: typeof rest) => Math.max(0, side.sumSquares / side.rows - mean(side) ** 2) / side.rows;
  const error = Math.sqrt(inflation * (variance(own) + variance(rest))) / other;
  const gap = mean(own) / other - 1;
  return [{ slice, statistic: "error gap", rows: own.rows, otherRows: rest.rows, value: mean(own), other, gap, error }];
}

function sum(values: number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
