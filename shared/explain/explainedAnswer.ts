import { AppError } from "../errors";
import { likeliest } from "../math/likeliest";
import type { RowExplanations } from "./explainRows";
import type { Outputs } from "./model/blackBox";

/** The names of a classifier's answers in the order of its probabilities; numbers if the model does not state them. */
export function answerNames(classes: readonly string[] | undefined, outputCount: number): string[] {
  return classes?.length === outputCount ? [...classes] : Array.from({ length: outputCount }, (_, at) => String(at));
}

export interface AnswerChoice {
  names: readonly string[];
  /** the requested class */
  asked?: string;
  /** for two classes: the one explained by default */
  positiveIndex?: number;
}

/**
 * Which answer is explained for each row: the requested class; else, of two classes, the positive one; else the
 * likeliest.
 */
export function chooseAnswers(outputs: Outputs, { names, asked, positiveIndex }: AnswerChoice): Int32Array {
  const { values, outputCount } = outputs;
  const rowCount = values.length / outputCount;
  if (asked !== undefined) {
    const index = names.indexOf(asked);
    if (index < 0 || outputCount === 1)
      throw new AppError(
        "invalid_input",
        `class: there is no class "${asked}"; ${outputCount === 1 ? "the model predicts a value" : `the classes are ${names.join(", ")}`}`,
        { details: [{ path: "class", message: "name one of the model's classes" }] },
      );
    return new Int32Array(rowCount).fill(index);
  }
  if (outputCount <= 2) return new Int32Array(rowCount).fill(outputCount === 1 ? 0 : (positiveIndex ?? 1));
  return Int32Array.from({ length: rowCount }, (_, row) => likeliest(values, row * outputCount, outputCount));
}

const rawNotes = {
  sigmoid: "log-odds of the class: the trees' raw score, which a sigmoid turns into the probability",
  softmax: "the class's raw score, which a softmax over all classes turns into the probability",
  monotone: "the trees' raw score; the probability rises with it, by way of a calibration",
};

/** What the numbers of an explanation add up to. */
export function explainedQuantity({ link }: RowExplanations, isClassifier: boolean): { value: string; note: string } {
  if (link !== undefined && link !== "identity" && link !== "affine")
    return { value: "raw score", note: rawNotes[link] };
  return isClassifier
    ? { value: "probability", note: "the probability of the class" }
    : { value: "value", note: "the predicted value" };
}
