import { AppError, type ErrorDetail } from "../errors";
import { inputFaults } from "../inputFaults";
import { learnerNames, trainerFor } from "../learners/registry";
import type { Trainer } from "../learners/trainer";
import { seededRandom } from "../math/seededRandom";
import { type Task, taskOf } from "../usecase/specTask";
import type { CandidateGrid, UsecaseSpec } from "../usecase/usecaseSpec";
import type { Trial } from "./runRecord";

type Combination = Record<string, unknown>;

const maxTrials = 500;
/** a random search gives up looking for new combinations after so many known ones in a row */
const maxRepeats = 200;

/** The trials that the spec's search asks for, in a fixed order, each checked by its learner. */
export function planTrials(spec: UsecaseSpec): Trial[] {
  refuseTooMany(spec);
  return chosenCombinations(spec).map(({ at, combination }, index) => {
    const { learner } = spec.candidates[at];
    return { index, learner, parameters: checkedParameters(learner, taskOf(spec), at, combination) };
  });
}

/** What a search is chosen from. */
export type SearchFields = Pick<UsecaseSpec, "candidates" | "search" | "seed">;

export interface Choice {
  /** position of the candidate in the spec */
  at: number;
  combination: Combination;
}

/** The combinations that the spec's search tries; call it for a search that is not too large. */
export function chosenCombinations(spec: SearchFields): Choice[] {
  return spec.search.kind === "grid" ? everyCombination(spec) : drawnCombinations(spec);
}

/** AppError invalid_input where a grid search has more trials than one run may have. */
export function refuseTooMany({ candidates, search }: SearchFields): void {
  if (search.kind !== "grid") return;
  const sizes = candidates.map(({ grid }) =>
    Object.values(grid).reduce((product, values) => product * (values as unknown[]).length, 1),
  );
  const count = sizes.reduce((sum, size) => sum + size, 0);
  if (count > maxTrials)
    throw new AppError("invalid_input", `the grids make ${count} trials; the limit is ${maxTrials}`);
}

function everyCombination(spec: SearchFields): Choice[] {
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
function drawnCombinations(spec: SearchFields): Choice[] {
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

/** The learner's trainer; AppError invalid_input where it is unknown, or not for the task. */
export function trainerOf(learner: string, task: Task): Trainer<unknown> {
  const trainer = trainerFor(learner);
  if (trainer.tasks.includes(task)) return trainer;
  const known = learnerNames.filter((name) => trainerFor(name).tasks.includes(task));
  throw new AppError("invalid_input", `${learner} is not for ${task}; use one of ${known.join(", ")}`);
}

function checkedParameters(learner: string, task: Task, at: number, combination: Combination): Record<string, unknown> {
  const parsed = trainerOf(learner, task).parameters.safeParse(combination);
  if (parsed.success) return parsed.data as Record<string, unknown>;
  const details = parameterFaults(at, parsed.error.issues);
  throw new AppError("invalid_input", `candidate ${learner}: ${details[0].message}`, { details });
}

/** Faults of a candidate's parameters, with their paths in the spec. */
export function parameterFaults(at: number, issues: Parameters<typeof inputFaults>[0]): ErrorDetail[] {
  return inputFaults(issues).map(({ path, message }) => ({
    path: ["candidates", at, "grid", ...(path === "" ? [] : [path])].join("."),
    message,
  }));
}
