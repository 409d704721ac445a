import type { RunDescription } from "../shared/training/describeRun";
import type { RunRecord } from "../shared/training/runRecord";
import { shownFields } from "./shownFields";

const runFields = [
  "id",
  "usecase",
  "trigger",
  "status",
  "force",
  "requestedAt",
  "codeRevision",
  "hashedResults",
  "startedAt",
  "usecaseHash",
  "labelledRows",
  "trials",
  "seed",
  "planSha256",
  "finishedAt",
  "version",
  "promoted",
  "message",
  "datasetVersions",
  "learners",
] as const;

const trialFields = [
  "index",
  "learner",
  "parameters",
  "rung",
  "metric",
  "foldScores",
  "modelBytes",
  "seconds",
  "mean",
  "standardError",
  "failure",
] as const;

/** A run as lists show it. */
export function runReply(run: RunRecord) {
  return shownFields(run, runFields);
}

/** A run with its progress and results. */
export function runDescriptionReply(run: RunDescription) {
  const { progress, results, holdout } = run;
  return { ...runReply(run), progress, results: results.map((one) => shownFields(one, trialFields)), holdout };
}
