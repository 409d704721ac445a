import type { z } from "zod";
import { checkConsistency } from "./specConsistency";
import { specFields } from "./specFields";
import { taskOf } from "./specTask";

/** The declaration of one use case: a folder's `usecase.json`, zod-checked, with every default filled in. */
export const usecaseSpec = specFields.superRefine(checkConsistency).transform((spec) => ({
  ...spec,
  baselines: spec.baselines ?? [taskOf(spec) === "regression" ? ("mean" as const) : ("majority" as const)],
}));

export type UsecaseSpec = z.infer<typeof usecaseSpec>;
export type ColumnSpec = UsecaseSpec["columns"][string];
export type ColumnType = ColumnSpec["type"];
export type BaselineName = UsecaseSpec["baselines"][number];
export type CandidateGrid = UsecaseSpec["candidates"][number]["grid"];
