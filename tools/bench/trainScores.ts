import { brierByRow, mean } from "../../shared/evaluation/probabilityScores";
import { rocAuc } from "../../shared/math/rankingAreas";

export interface Quality {
  auc: number | null;
  /** null if the scores are not probabilities */
  brier: number | null;
}

/** Quality of scores for 0/1 classes; `probabilities` says whether the scores are probabilities of class 1. */
export function qualityOf(scores: Float64Array, classes: Int32Array, probabilities = true): Quality {
  const pairs = new Float64Array(2 * scores.length).map((_, at) => {
    const score = scores[at >> 1];
    return at % 2 === 1 ? score : 1 - score;
  });
  return {
    auc: rocAuc(scores, Uint8Array.from(classes)),
    brier: probabilities ? mean(brierByRow({ classes: ["0", "1"], target: classes, probabilities: pairs })) : null,
  };
}
