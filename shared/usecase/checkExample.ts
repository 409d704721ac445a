import { ownValue } from "../ownValue";
import type { SpecFault } from "./specFault";
import type { SpecFields } from "./specFields";

/** Finds what is missing in the example row, and what training would not accept. */
export function checkExample(spec: SpecFields, fault: SpecFault): void {
  if (spec.example === undefined) return;
  for (const feature of Object.keys(spec.example))
    if (!spec.features.includes(feature)) fault(["example", feature], `"${feature}" is not among the features`);
  for (const feature of spec.features)
    if (!Object.hasOwn(spec.example, feature))
      fault(["example", feature], "it is missing; write null where the value is unknown");
    else checkValue(spec, feature, spec.example[feature], (message) => fault(["example", feature], message));
}

function checkValue(spec: SpecFields, feature: string, value: unknown, fault: (message: string) => void): void {
  if (Object.hasOwn(spec.derived, feature)) {
    if (typeof value === "string") fault("a number is needed");
    return;
  }
  const column = ownValue(spec.columns, feature);
  if (column === undefined) return; // told of the feature itself
  if (value === null && "nullable" in column) {
    if (!column.nullable) fault("the column is not nullable: a value is needed");
    return;
  }
  switch (column.type) {
    case "number":
      if (typeof value !== "number") fault("a number is needed");
      else if (column.min !== undefined && value < column.min) fault(`it must be at least ${column.min}`);
      else if (column.max !== undefined && value > column.max) fault(`it must be at most ${column.max}`);
      break;
    case "category":
      if (typeof value !== "string") fault("a text is needed");
      else if (column.values && !column.values.includes(value)) fault(`use one of ${column.values.join(", ")}`);
      break;
    case "timestamp":
      break; // told of the feature itself
    default:
      column satisfies never;
  }
}
