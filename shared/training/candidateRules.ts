import { isAppError } from "../errors";
import { trainerFor } from "../learners/registry";
import { rangeFaults } from "../usecase/searchSpec";
import type { SpecFault } from "../usecase/specFault";
import type { SpecFields } from "../usecase/specFields";
import type { SpecRule } from "../usecase/specRule";
import { taskOf } from "../usecase/specTask";
import { chosenCombinations, parameterFaults, refuseTooMany, trainerOf } from "./planTrials";

/** The rules that learners have for a spec's candidates. */
export const candidateRules: readonly SpecRule[] = [
  { needs: ["candidates"], check: checkLearners },
  { needs: ["candidates", "columns", "label"], check: checkTasks },
  { needs: ["candidates", "columns", "label", "search", "seed"], check: checkParameters },
  { needs: ["policies", "columns", "label"], check: checkRetraining },
];

function checkLearners(spec: SpecFields, fault: SpecFault): void {
  for (const [at, { learner }] of spec.candidates.entries())
    tellOf(
      () => trainerFor(learner),
      (message) => fault(["candidates", at, "learner"], message),
    );
}

function checkTasks(spec: SpecFields, fault: SpecFault): void {
  for (const [at, { learner }] of spec.candidates.entries())
    if (isKnown(learner))
      tellOf(
        () => trainerOf(learner, taskOf(spec)),
        (message) => fault(["candidates", at, "learner"], message),
      );
}

/** The learners that alerts bring into a run. */
function checkRetraining(spec: SpecFields, fault: SpecFault): void {
  for (const [rule, steps] of Object.entries(spec.policies.onAlert))
    for (const [at, { learners }] of steps.entries())
      for (const [i, learner] of (Array.isArray(learners) ? (learners as string[]) : []).entries())
        tellOf(
          () => trainerOf(learner, taskOf(spec)),
          (message) => fault(["policies", "onAlert", rule, at, "learners", i], message),
        );
}

/** Every combination that a run would try, of learners that are known; a fault that many share is reported once. */
function checkParameters(spec: SpecFields, fault: SpecFault): void {
  const hasFault = ({ grid }: SpecFields["candidates"][number]) =>
    Object.values(grid).some((values) => rangeFaults(spec.search, values).length > 0);
  if (spec.candidates.some(hasFault)) return;
  if (
    !tellOf(
      () => refuseTooMany(spec),
      (message) => fault(["candidates"], message),
    )
  )
    return;
  const reported = new Set<string>();
  for (const { at, combination } of chosenCombinations(spec)) {
    const { learner } = spec.candidates[at];
    if (!isKnown(learner)) continue;
    const parsed = trainerFor(learner).parameters.safeParse(combination);
    for (const { path, message } of parameterFaults(at, parsed.error?.issues ?? [])) {
      if (!reported.has(path + message)) fault([path], message);
      reported.add(path + message);
    }
  }
}

function isKnown(learner: string): boolean {
  return tellOf(
    () => trainerFor(learner),
    () => undefined,
  );
}

/** Whether `work` was done; AppError invalid_input is reported, anything else is thrown. */
function tellOf(work: () => unknown, tell: (message: string) => void): boolean {
  try {
    work();
    return true;
  } catch (error) {
    if (!isAppError(error, "invalid_input")) throw error;
    tell(error.message);
    return false;
  }
}
