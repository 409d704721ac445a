import type { ModelCard } from "../shared/card/modelCard";
import type { GlobalExplanation } from "../shared/explain/globalExplanation";
import type { ModelVersion } from "../shared/registry/modelVersion";
import type { VersionSummary } from "../shared/registry/versionRow";
import { shownFields } from "./shownFields";

const summaryFields = ["model", "version", "sha256", "sizeBytes", "createdAt", "notShownBetter"] as const;

const versionFields = [
  "signature",
  "learner",
  "parameters",
  "seed",
  "selectionMetric",
  "metrics",
  "baselines",
  "differences",
  "checks",
  "intervals",
  "resampling",
  "curves",
  "valueCurves",
  "slices",
  "saving",
  "gate",
  "trainingProfile",
  "reference",
  "background",
  "documents",
  "data",
  "search",
  "environment",
  "lineage",
  ...summaryFields,
] as const;

const cardFields = [
  "model",
  "version",
  "aliases",
  "versions",
  "title",
  "description",
  "intendedUse",
  "limits",
  "limitsDeclared",
  "owners",
  "contact",
  "predicts",
  "facts",
  "importance",
  "absent",
] as const;

const explanationFields = [
  "model",
  "version",
  "background",
  "kind",
  "answers",
  "importance",
  "shapley",
  "dependence",
  "surrogate",
  "notShownBetter",
] as const;

/** A version as lists show it. */
export function versionSummaryReply(version: VersionSummary) {
  return shownFields(version, summaryFields);
}

/** A version with everything that is known about it. */
export function versionReply(version: ModelVersion) {
  return shownFields(version, versionFields);
}

/** A version's card. */
export function cardReply(card: ModelCard) {
  return { ...shownFields(card, cardFields), facts: versionReply(card.facts) };
}

/** What a version relies on. */
export function explanationReply(explanation: GlobalExplanation) {
  return shownFields(explanation, explanationFields);
}
