import { AppError } from "../errors";
import { seededRandom } from "../random";
import { type Task, taskOf } from "../usecase/specTask";
import type { CandidateGrid, UsecaseSpec } from "../usecase/usecaseSpec";
import type { Trial } from "./runRecord";
import { learnerNames, trainerFor } from "./trainers/registry";
import type { Trainer } from "./trainers/trainer";

type Combination = Record<string, unknown>;

const maxTrials = 500;
/** a drawing search gives up looking for new combinations after so many known ones in a row */
const maxRepeats = 200;

/** The trials that the spec's search asks for, in a fixed order, each checked by its learner. */
export function planTrials(spec: UsecaseSpec): Trial[] {
  const chosen = spec.search.kind === "grid" ? everyCombination(spec) : drawnCombinations(spec);
  if (chosen.length > maxTrials)
    throw new AppError("invalid_input", `the grids make ${chosen.length} trials; the limit is ${maxTrials}`);
  return chosen.map(({ at, combination }, index) => {
    const { learner } = spec.candidates[at];
    return { index, learner, parameters: checkedParameters(learner, taskOf(spec), at, combination) };
  });
}

interface Choice {
  /** position of the candidate in the spec */
  at: number;
  combination: Combination;
}

function everyCombination(spec: UsecaseSpec): Choice[] {
  return spec.candidates.flatMap(({ grid }, at) =>
    Object.entries(grid)
      .reduce<Combination[]>(
        (rows, [name, values]) =>
          rows.flatMap((row) => (values as unknown[]).map((value) => ({ ...row, [name]: value }))),
        [{}],
      )
      .map((combination) => ({ at, combination })),
  );
}

/** Candidates take turns; a combination comes once. */
function drawnCombinations(spec: UsecaseSpec): Choice[] {
  const random = seededRandom(spec.seed);
  const seen = new Set<string>();
  const choices: Choice[] = [];
  for (let draw = 0, repeats = 0; choices.length < spec.search.trials && repeats < maxRepeats; draw++) {
    const at = draw % spec.candidates.length;
    const combination = drawCombination(spec.candidates[at].grid, random);
    const key = JSON.stringify([at, combination]);
    repeats = seen.has(key) ? repeats + 1 : 0;
    if (repeats === 0) choices.push({ at, combination });
    seen.add(key);
  }
  return choices;
}

function drawCombination(grid: CandidateGrid, random: () => number): Combination {
  return Object.fromEntries(Object.entries(grid).map(([name, values]) => [name, drawValue(values, random())]));
}

function drawValue(values: CandidateGrid[string], at: number): unknown {
  if (Array.isArray(values)) return values[Math.floor(at * values.length)];
  const { from, to, scale, integer } = values;
  const value = scale === "log" ? from * (to / from) ** at : from + (to - from) * at;
  return integer ? Math.round(value) : Number(value.toPrecision(6));
}

function trainerOf(learner: string, task: Task): Trainer<unknown> {
  const trainer = trainerFor(learner);
  if (trainer.tasks.includes(task)) return trainer;
  const known = learnerNames.filter((name) => trainerFor(name).tasks.includes(task));
  throw new AppError("invalid_input", `${learner} is not for ${task}; use one of ${known.join(", ")}`);
}

function checkedParameters(learner: string, task: Task, at: number, combination: Combination): Record<string, unknown> {
  const parsed = trainerOf(learner, task).parameters.safeParse(combination);
  if (parsed.success) return parsed.data as Record<string, unknown>;
  throw new AppError("invalid_input", `candidate ${learner}: ${parsed.error.issues[0].message}`, {
    details: parsed.error.issues.map((issue) => ({
      path: ["candidates", at, "grid", ...issue.path].join("."),
      message: issue.message,
    })),
  });
}
