import { type BootstrapSettings, drawMeans, percentileInterval } from "./bootstrapDraws";
import { type CostMatrix, costByRow } from "./decisionCost";
import { mean } from "./probabilityScores";

/** A way to decide the same rows: a model at a threshold, a baseline, "always act". */
export interface Contender {
  name: string;
  /** class index per row */
  decided: Int32Array;
  /** with two classes: the probability from which the positive one was decided, where one was */
  threshold?: number;
}

/** What a contender's decisions cost, per row, and what deciding as the model does saves against them. */
export interface ContenderCost {
  name: string;
  threshold?: number;
  costPerRow: number;
  /** contender's cost minus the model's, per row; negative where the model costs more */
  saving: number;
  low: number;
  high: number;
}

/** Mean cost per row, in `unit`, with block-bootstrap intervals. */
export interface ExpectedSaving {
  unit: string;
  confidence: number;
  model: { threshold?: number; costPerRow: number; low: number; high: number };
  against: ContenderCost[];
}

/**
 * Mean cost of the model's and of each contender's decisions on the same rows, and the saving of the model against
 * each.
 */
export function expectedSaving(
  target: Int32Array,
  model: Contender,
  contenders: readonly Contender[],
  costs: CostMatrix,
  settings: BootstrapSettings,
): ExpectedSaving {
  const costOf = ({ decided }: Contender) => costByRow(target, decided, costs);
  const own = costOf(model);
  const others = contenders.map(costOf);
  const savings = others.map((cost) => cost.map((value, row) => value - own[row]));
  const [ownDraws, ...savingDraws] = drawMeans([own, ...savings], settings);
  const intervalOf = (draws: Float64Array) => {
    const { low, high } = percentileInterval(draws, settings);
    return { low, high };
  };
  return {
    unit: costs.unit,
    confidence: settings.confidence,
    model: { threshold: model.threshold, costPerRow: mean(own), ...intervalOf(ownDraws) },
    against: contenders.map(({ name, threshold }, i) => ({
      name,
      threshold,
      costPerRow: mean(others[i]),
      saving: mean(savings[i]),
      ...intervalOf(savingDraws[i]),
    })),
  };
}
