import { z } from "zod";
import { AppError } from "../../errors";
import type { FeatureTable } from "../../featureTable";
import { inputFaults } from "../../inputFaults";
import type { FitContext, FittedModel, Trainer, TrainingTarget } from "../trainer";

/** Finds a trainer by its learner's name; AppError invalid_input when there is none. */
export type FindTrainer = (learner: string) => Trainer<unknown>;

/** A learner with its parameters, as another learner's parameter. */
export interface NestedLearner {
  learner: string;
  parameters: Record<string, unknown>;
}

/** A learner's parameters before its own schema has seen them. */
export const nestedParameters = z.record(z.string(), z.json());

/** `nested` with its parameters checked and their defaults filled in; what is wrong goes to `context`. */
export function resolveNested<T extends NestedLearner>(
  find: FindTrainer,
  nested: T,
  context: z.RefinementCtx,
): Omit<T, "parameters"> & NestedLearner {
  const trainer = findOr(find, nested.learner, (message) => {
    context.addIssue({ code: "custom", message, path: ["learner"] });
  });
  const parsed = trainer?.parameters.safeParse(nested.parameters);
  for (const { path, message } of inputFaults(parsed?.error?.issues ?? []))
    context.addIssue({ code: "custom", message, path: ["parameters", ...(path === "" ? [] : path.split("."))] });
  return parsed?.success ? { ...nested, parameters: parsed.data as Record<string, unknown> } : nested;
}

function findOr(find: FindTrainer, learner: string, complain: (message: string) => void): Trainer<unknown> | undefined {
  try {
    return find(learner);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    complain(error.message);
    return undefined;
  }
}

/** Fits a nested learner on rows that have come through fitModel already. */
export function fitNested(
  find: FindTrainer,
  { learner, parameters }: NestedLearner,
  table: FeatureTable,
  target: TrainingTarget,
  context: FitContext,
): FittedModel {
  return find(learner).fit(table, target, parameters, context);
}
