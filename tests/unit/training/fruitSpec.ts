import { parseUsecase } from "../../../shared/usecase/parseUsecase";

/** A small use case of two classes with these candidates. */
export function fruitSpec(candidates: object[]) {
  const spec = {
    name: "fruit",
    title: "Fruit",
    columns: { Weight: { type: "number" }, Kind: { type: "category", values: ["apple", "pear"] } },
    label: { column: "Kind", positive: "pear" },
    features: ["Weight"],
    split: { kind: "stratified" },
    candidates,
    selection: { metric: "brier" },
  };
  return parseUsecase(JSON.stringify(spec), "here");
}
