import type { CategoryColumn, FeatureTable } from "../../featureTable";
import type { GraphBuilder } from "../../onnx/graph";
import { alignCodes, type TrainedCategory } from "../rows/trainedCategory";

/** The columns that trees look at, in their order: numbers, then categories. */
export interface RankedFeatures {
  numbers: readonly string[];
  categories: readonly RankedCategory[];
}

/** A category whose levels are numbers to trees: ranks, or what their rows' labels were like. */
export interface RankedCategory extends TrainedCategory {
  /** per level: its number */
  values: Float32Array;
}

/** The numbers, then the numbers of each category's levels, as float32 columns with NaN for missing or unknown. */
export function rankedColumns(features: RankedFeatures, table: FeatureTable): Float32Array[] {
  const placed = features.categories.map((category, index) => rankedColumn(category, table.categories[index]));
  return [...table.numbers.map(({ values }) => values), ...placed];
}

/** The numbers of the levels in `column`, NaN for missing or unknown. */
export function rankedColumn(category: RankedCategory, column: CategoryColumn): Float32Array {
  return Float32Array.from(alignCodes(category, column), (code) => (code < 0 ? Number.NaN : category.values[code]));
}

/** Declares the inputs of `features` and joins the same columns as a float tensor [rows, columns]; returns its name. */
export function addRankedRows(graph: GraphBuilder, features: RankedFeatures): string {
  const parts = features.numbers.length > 0 ? [graph.input("numbers", "float", features.numbers.length)] : [];
  if (features.categories.length > 0) {
    const texts = graph.input("categories", "string", features.categories.length);
    features.categories.forEach((category, index) => {
      parts.push(addRanks(graph, texts, category, index));
    });
  }
  return parts.length === 1 ? parts[0] : graph.node("Concat", parts, { axis: { int: 1 } });
}

/** Column `index` of the categories as numbers, [rows, 1]. */
function addRanks(graph: GraphBuilder, texts: string, category: RankedCategory, index: number): string {
  const column = graph.node("Gather", [texts, graph.constant(BigInt64Array.of(BigInt(index)), [1])], {
    axis: { int: 1 },
  });
  // an encoder without keys is refused; "" never is a level, so it may stand for "nothing known"
  const known = category.levels.length > 0;
  return graph.node("LabelEncoder", [column], {
    keys_strings: { texts: known ? category.levels : [""] },
    values_floats: { floats: known ? category.values : [Number.NaN] },
    default_float: { float: Number.NaN },
  });
}
