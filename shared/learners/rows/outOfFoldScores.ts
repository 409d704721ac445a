import { AppError, isAppError } from "../../errors";
import { type FeatureTable, gather, selectRows } from "../../featureTable";
import type { ClassTarget, FitContext, FittedModel } from "../trainer";

/** Rows to learn from, and how. */
export interface FitRows {
  table: FeatureTable;
  target: ClassTarget;
  context: FitContext;
}

/**
 * Class probabilities (rows x classes) of each row by a model that was fitted without the row's fold; 0 for rows in no
 * fold (-1). An AppError of a fit names the fold.
 */
export function outOfFoldScores(
  { table, target, context }: FitRows,
  foldOf: Int32Array,
  folds: number,
  learn: (rows: FitRows) => FittedModel,
): Float64Array {
  const all = Int32Array.from(foldOf.keys());
  const width = target.classes.length;
  const scores = new Float64Array(table.rowCount * width);
  for (let fold = 0; fold < folds; fold++) {
    const held = all.filter((row) => foldOf[row] === fold);
    if (held.length === 0) continue;
    const rest = all.filter((row) => foldOf[row] >= 0 && foldOf[row] !== fold);
    const onProgress = (fraction: number) => context.onProgress?.((fold + fraction) / folds);
    const part = selectFitRows({ table, target, context: { ...context, onProgress } }, rest);
    const model = named(`without fold ${fold + 1} of ${folds}`, () => learn(part));
    const probabilities = model.predict(selectRows(table, held));
    for (const [at, row] of held.entries())
      scores.set(probabilities.subarray(at * width, (at + 1) * width), row * width);
  }
  return scores;
}

function selectFitRows({ table, target, context }: FitRows, rows: Int32Array): FitRows {
  const take = (values?: Float64Array) => values && gather(values, new Float64Array(rows.length), rows);
  const { sampleWeights, plainWeights, times } = context;
  return {
    table: selectRows(table, rows),
    target: { ...target, codes: gather(target.codes, new Int32Array(rows.length), rows) },
    context: {
      ...context,
      sampleWeights: take(sampleWeights),
      plainWeights: take(plainWeights),
      times: take(times),
    },
  };
}

function named<T>(where: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!isAppError(error)) throw error;
    throw new AppError(error.code, `${where}: ${error.message}`, { cause: error });
  }
}
