import { AppError } from "../errors";
import type { UsecaseSpec } from "../usecase/usecaseSpec";
import type { Trial } from "./runRecord";
import { trainerFor } from "./trainers/registry";

const maxTrials = 500;

/** Every parameter combination of the spec's candidates, in a fixed order, each checked by its learner. */
export function planTrials(spec: UsecaseSpec): Trial[] {
  const trials: Trial[] = [];
  for (const [at, candidate] of spec.candidates.entries()) {
    const trainer = trainerFor(candidate.learner);
    for (const combination of combinations(candidate.grid)) {
      const parsed = trainer.parameters.safeParse(combination);
      if (!parsed.success)
        throw new AppError("invalid_input", `candidate ${candidate.learner}: ${parsed.error.issues[0].message}`, {
          details: parsed.error.issues.map((issue) => ({
            path: ["candidates", at, "grid", ...issue.path].join("."),
            message: issue.message,
          })),
        });
      trials.push({
        index: trials.length,
        learner: candidate.learner,
        parameters: parsed.data as Record<string, unknown>,
      });
    }
  }
  if (trials.length > maxTrials)
    throw new AppError("invalid_input", `the grids make ${trials.length} trials; the limit is ${maxTrials}`);
  return trials;
}

function combinations(grid: Record<string, unknown[]>): Record<string, unknown>[] {
  return Object.entries(grid).reduce<Record<string, unknown>[]>(
    (rows, [name, values]) => rows.flatMap((row) => values.map((value) => ({ ...row, [name]: value }))),
    [{}],
  );
}
