import { AppError, messageOf } from "../../errors";
import { findLeaves, toRows } from "../graph/findLeaves";
import { checkTrainingRows } from "../rows/checkTrainingRows";
import { rankedColumns } from "../treeRows/rankedRows";
import { rankFeatures } from "../treeRows/rankFeatures";
import { flattenTrees } from "./boostedTrees";
import { BoostingRounds, type RoundSettings } from "./boostingRounds";
import { type Loss, lossFor } from "./loss";
import { meanLoss } from "./meanLoss";
import type { RegressionTree } from "./regressionTree";
import { selectData, type TrainingData } from "./trainingData";
import { validationSplit } from "./validationSplit";

export interface StoppingSettings extends RoundSettings {
  rounds: number;
  earlyStoppingRounds: number;
  validationFraction: number;
}

/**
 * After how many rounds (1 at least) the loss of rows that are held back is least; gives up when it did not fall for
 * `earlyStoppingRounds`.
 */
export function bestRoundCount(
  data: TrainingData,
  settings: StoppingSettings,
  context: { seed: number; positiveIndex: number },
  onRound: (round: number) => void,
): number {
  const { rounds, earlyStoppingRounds, validationFraction } = settings;
  const split = validationSplit(data.target, validationFraction, context.seed, data.times);
  const training = selectData(data, split.training);
  const validation = selectData(data, split.validation);
  checkTraining(training, validationFraction, data.times !== undefined);
  const { features, columns } = rankFeatures(training.table, training.target, {
    seed: context.seed,
    sampleWeights: training.weights,
    times: training.times,
  });
  const loss = lossFor(training.target, training.weights, context.positiveIndex);
  const boosting = new BoostingRounds(columns, training.table.rowCount, loss, training.weights, settings, context.seed);
  const held = new ValidationAnswers(rankedColumns(features, validation.table), validation.table.rowCount, loss);
  let best = 1;
  let least = Number.POSITIVE_INFINITY;
  for (let round = 1; round <= rounds && round - best <= earlyStoppingRounds; round++) {
    const trees = boosting.next();
    if (trees === undefined) break;
    held.add(trees);
    const now = meanLoss(validation.target, validation.weights, context.positiveIndex, held.answers);
    if (now < least) {
      least = now;
      best = round;
    }
    onRound(round);
  }
  return best;
}

/** The rest must be learnable too: without the newest rows, one class may be left. */
function checkTraining({ table, target }: TrainingData, share: number, byTime: boolean): void {
  try {
    checkTrainingRows(table, target);
  } catch (error) {
    throw new AppError(
      "invalid_input",
      `without the ${byTime ? "newest" : "random"} share of ${share} that early stopping holds back: ${messageOf(error)}`,
      { cause: error },
    );
  }
}

/** Answers (output x row) for rows that are held back, tree after tree. */
class ValidationAnswers {
  readonly answers: Float64Array;
  private readonly rows: Float32Array;
  private readonly leaves: Int32Array;

  constructor(
    private readonly columns: Float32Array[],
    rowCount: number,
    private readonly loss: Loss,
  ) {
    this.rows = toRows(columns, rowCount);
    this.leaves = new Int32Array(rowCount);
    const { base, centre, unit } = loss;
    this.answers = new Float64Array(rowCount * base.length);
    for (const [output, score] of base.entries())
      this.answers.fill(centre + unit * score, output * rowCount, (output + 1) * rowCount);
  }

  add(trees: readonly RegressionTree[]): void {
    const { leaves } = this;
    for (const [output, tree] of trees.entries()) {
      findLeaves(flattenTrees([tree]), 0, this.rows, this.columns.length, leaves);
      const from = output * leaves.length;
      for (let row = 0; row < leaves.length; row++)
        this.answers[from + row] += this.loss.unit * tree.value[leaves[row]];
    }
  }
}
