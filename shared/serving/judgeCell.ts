import type { FeatureDomain } from "../onnx/featureDomain";
import type { WarningCode } from "./rowWarnings";

/** Why a cell is not a value of its feature. */
export interface Verdict {
  /** absent for an empty string, which any caller may send for a missing value */
  code?: WarningCode;
  reason: string;
  /** false for a string that is allowed, though the model does not know it */
  isMissing: boolean;
}

/** What a domain says about a finite number, compared as float32; undefined if it is a value. */
export function judgeNumber({ min, max, sentinels }: FeatureDomain, value: number): Verdict | undefined {
  const rounded = Math.fround(value);
  if ((sentinels as number[]).some((sentinel) => Math.fround(sentinel) === rounded))
    return { code: "sentinel", reason: "the use case declares this value to mean missing", isMissing: true };
  if (min !== undefined && rounded < Math.fround(min))
    return { code: "out_of_range", reason: `the value is below the minimum, ${min}`, isMissing: true };
  if (max !== undefined && rounded > Math.fround(max))
    return { code: "out_of_range", reason: `the value is above the maximum, ${max}`, isMissing: true };
  return undefined;
}

const shown = 12;

/** What a domain says about a trimmed string; undefined if it is a value. */
export function judgeText({ values, sentinels, levels }: FeatureDomain, text: string): Verdict | undefined {
  if (text === "") return { reason: "the text is empty", isMissing: true };
  if (sentinels.includes(text))
    return { code: "sentinel", reason: "the use case declares this text to mean missing", isMissing: true };
  if (values !== undefined && !values.includes(text)) {
    const more = values.length > shown ? ` and ${values.length - shown} more` : "";
    const reason = `the text is not one of ${values.slice(0, shown).join(", ")}${more}`;
    return { code: "unknown_category", reason, isMissing: true };
  }
  if (levels === undefined || levels.includes(text)) return undefined;
  const code = values === undefined ? "unknown_category" : "unseen_category";
  return { code, reason: "no training row had this text", isMissing: false };
}
