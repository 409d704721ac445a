import type { FeatureTable } from "../../featureTable";
import type { GraphBuilder } from "../../onnx/graph";

/** Declares the inputs that the columns of `table` need; returns them by name. */
export function addTableInputs(
  graph: GraphBuilder,
  { numbers, categories }: Pick<FeatureTable, "numbers" | "categories">,
): Partial<Record<"numbers" | "categories", string>> {
  return {
    ...(numbers.length > 0 ? { numbers: graph.input("numbers", "float", numbers.length) } : {}),
    ...(categories.length > 0 ? { categories: graph.input("categories", "string", categories.length) } : {}),
  };
}

/** The names of the table's columns, as graphMetadata takes them. */
export function columnNames({ numbers, categories }: Pick<FeatureTable, "numbers" | "categories">) {
  return { numbers: numbers.map(({ name }) => name), categories: categories.map(({ name }) => ({ name })) };
}
