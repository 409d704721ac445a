import { AppError } from "../../errors";
import { type CategoryColumn, type FeatureTable, gather, selectRows } from "../../featureTable";
import { widenGraph } from "../graph/widenGraph";
import { canonicalOrder } from "../rows/canonicalOrder";
import { checkTrainingRows } from "../rows/checkTrainingRows";
import { alignCodes, occurringLevels } from "../rows/trainedCategory";
import { keepColumns, varyingColumns } from "../rows/varyingColumns";
import { weighClasses } from "../rows/weighClasses";
import type { FitContext, FittedModel, Trainer, TrainingTarget } from "../trainer";

/**
 * The only entry to every fit: the model does not depend on the order of rows or levels, nor on columns that are
 * constant in training, which its learner never sees; `predict` and the graph take all columns of `table`. AppError
 * invalid_input where there is nothing to learn.
 */
export function fitModel<P>(
  trainer: Trainer<P>,
  table: FeatureTable,
  target: TrainingTarget,
  parameters: P,
  context: FitContext,
): FittedModel {
  checkTrainingRows(table, target, context.sampleWeights);
  const sampleWeights = weighClasses(target, context.classWeights, context.sampleWeights);
  const { times } = context;
  const kept = varyingColumns(table);
  if (kept.numbers.length + kept.categories.length === 0)
    throw new AppError(
      "invalid_input",
      `every feature is the same in all ${table.rowCount} training rows; there is nothing to learn from`,
    );
  const columns = keepColumns(table, kept);
  const varying = { ...columns, categories: columns.categories.map(sortLevels) };
  const order = canonicalOrder(varying, { target, sampleWeights: context.sampleWeights, times });
  const inOrder = (values?: Float64Array) => values && gather(values, new Float64Array(order.length), order);
  const model = trainer.fit(selectRows(varying, order), orderTarget(target, order), parameters, {
    ...context,
    classWeights: undefined,
    sampleWeights: inOrder(sampleWeights),
    plainWeights: context.classWeights && inOrder(context.sampleWeights ?? new Float64Array(table.rowCount).fill(1)),
    times: inOrder(times),
  });
  // only the names are needed from here on: the rows can be released
  const names = selectRows(table, []);
  return {
    predict: (rows) => model.predict(keepColumns(rows, kept)),
    toOnnx: () => widenGraph(model.toOnnx(), names, kept, target.task),
  };
}

function orderTarget(target: TrainingTarget, order: Int32Array): TrainingTarget {
  if (target.task === "classification")
    return { ...target, codes: gather(target.codes, new Int32Array(order.length), order) };
  return { ...target, values: gather(target.values, new Float64Array(order.length), order) };
}

/** The column with the levels that occur, by name. */
function sortLevels(column: CategoryColumn): CategoryColumn {
  const levels = [...new Set(occurringLevels(column))].sort();
  return { name: column.name, levels, codes: alignCodes({ name: column.name, levels }, column) };
}
