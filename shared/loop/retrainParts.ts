import type { RetrainParts } from "../alerts/actions/retrain";
import { type StartRunPorts, startRun } from "../training/startRun";

/** What retraining because of an alert needs of training: its runs are those with the trigger "drift". */
export function retrainParts(ports: StartRunPorts): RetrainParts {
  return {
    clock: ports.clock,
    async lastRunByAlert(usecase) {
      const run = (await ports.runs.list(usecase)).findLast(({ trigger }) => trigger === "drift");
      return run && { id: run.id, cause: run.id.slice(usecase.length + 1), requestedAt: run.requestedAt };
    },
    async startRunByAlert(usecase, cause) {
      const { run } = await startRun(ports, { usecase, trigger: "drift", cause });
      return run;
    },
  };
}
