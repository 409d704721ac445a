import path from "node:path";
import { AppError, isAppError } from "../errors";
import type { Usecase } from "../usecase/loadUsecases";
import { planTrials } from "./planTrials";

/** Has every use case's learners look at its candidates; AppError invalid_input names the file and the paths at fault. */
export function checkCandidates(usecases: Map<string, Usecase>): void {
  for (const { spec, folder } of usecases.values())
    try {
      planTrials(spec);
    } catch (error) {
      if (!isAppError(error, "invalid_input")) throw error;
      const whole = [{ path: "candidates", message: error.message }];
      const details = error.details.length > 0 ? error.details : whole;
      const faults = details.map(({ path: at, message }) => `${at}: ${message}`).join("; ");
      throw new AppError("invalid_input", `${path.join(folder, "usecase.json")} is wrong: ${faults}`, {
        details,
        cause: error,
      });
    }
}
