import { figure } from "../figure";
import type { Cell } from "./explanationSample";
import type { SurrogateJson } from "./globalExplanation";
import type { SurrogateNode } from "./surrogate/surrogateTree";

export interface SurrogateNames {
  features: readonly { name: string }[];
  answers: readonly string[];
  /** a cell as a caller would write it */
  cell(feature: number, value: number): Cell;
}

/** The tree with the names of features, categories and answers. */
export function nameTree(node: SurrogateNode, names: SurrogateNames): SurrogateJson {
  const answers = Object.fromEntries(names.answers.map((answer, at) => [answer, node.answers[at]]));
  const named: SurrogateJson = { rows: node.rowCount, answers };
  if (node.split === undefined) return named;
  const { feature, threshold, values, hasMissing, left, right } = node.split;
  named.split = {
    feature: names.features[feature].name,
    ...(values ? { values: values.map((value) => names.cell(feature, value)) } : { threshold }),
    ...(hasMissing && { missing: node.split.missingLeft ? "left" : "right" }),
    left: nameTree(left, names),
    right: nameTree(right, names),
  };
  return named;
}

/**
 * One sentence per leaf: the conditions that lead there, its answers (of those named in `explained`) and how many of
 * the fitted rows it has.
 */
export function treeRules(tree: SurrogateJson, explained: readonly string[]): string[] {
  return rulesBelow(tree, [], explained);
}

function rulesBelow(node: SurrogateJson, conditions: string[], explained: readonly string[]): string[] {
  if (node.split === undefined) {
    const answers = explained.map((answer) => `${answer} ${figure(node.answers[answer], 3)}`).join(", ");
    return [`${conditions.length > 0 ? conditions.join(" and ") : "always"}: ${answers} (${node.rows} rows)`];
  }
  const { left, right } = node.split;
  return [
    ...rulesBelow(left, [...conditions, condition(node.split, "left")], explained),
    ...rulesBelow(right, [...conditions, condition(node.split, "right")], explained),
  ];
}

function condition(split: NonNullable<SurrogateJson["split"]>, side: "left" | "right"): string {
  const { feature, threshold, values, missing } = split;
  if (values) {
    const list = values.map((value) => (value === null ? "missing" : `"${value}"`)).join(", ");
    const among = values.length === 1 ? { left: "is", right: "is not" } : { left: "is one of", right: "is none of" };
    return `${feature} ${among[side]} ${list}`;
  }
  const bound = `${side === "left" ? "<=" : ">"} ${figure(threshold as number, 5)}`;
  return missing === side ? `(${feature} ${bound} or missing)` : `${feature} ${bound}`;
}
