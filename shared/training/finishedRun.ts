import type { CheckResult } from "../data/checkResult";
import type { PreparedData } from "../data/preparedData";
import type { ModelSignature } from "../onnx/signature";
import type { AliasState } from "../registry/aliasRow";
import type { Usecase } from "../usecase/loadUsecases";
import type { Refit, RunRecord, TrainingPlan, TrialResult } from "./runRecord";
import type { EvaluateOutcome } from "./workerTasks";

/** What a run knows once its trials have ended. */
export interface TrainedRun {
  run: RunRecord;
  usecase: Usecase;
  plan: TrainingPlan;
  prepared: PreparedData;
  results: TrialResult[];
  /** the trial that was selected */
  best: TrialResult;
}

/** Everything that a run's last step has found out. */
export interface FinishedRun extends TrainedRun {
  refit: Refit;
  signature: ModelSignature;
  /** the champion that the evaluation compared with */
  champion?: AliasState;
  evaluation: EvaluateOutcome;
  checks: CheckResult[];
}
