import type { ActionParts } from "../alerts/actions/registry";
import { type StartRunPorts, startRun } from "../training/startRun";

/**
 * What the actions of alerts need of the other domains. Runs that an alert started are those with the trigger "drift".
 */
export function actionParts(ports: StartRunPorts): ActionParts {
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
