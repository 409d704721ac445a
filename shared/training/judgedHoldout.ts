import type { PreparedData } from "../data/preparedData";
import type { BootstrapSettings } from "../evaluation/bootstrapDraws";
import type { Resampling } from "../evaluation/resampling";
import type { ModelOutput } from "../evaluation/weightedMetric";
import type { BaselineName } from "../usecase/usecaseSpec";
import type { EvaluateTask } from "./workerTasks";

/** What a baseline predicted for the hold-out rows. */
export interface JudgedBaseline {
  name: BaselineName;
  output: ModelOutput;
}

/** The hold-out as it was judged: what the model and the baselines predicted, and how intervals are drawn. */
export interface JudgedHoldout {
  task: EvaluateTask;
  data: PreparedData;
  model: ModelOutput;
  baselines: JudgedBaseline[];
  champion?: { name: string; output: ModelOutput };
  resampling: Resampling;
  draws: BootstrapSettings;
}
