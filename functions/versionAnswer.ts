import type { ModelCard } from "../shared/card/modelCard";
import type { GlobalExplanation } from "../shared/explain/globalExplanation";
import type { ModelVersion } from "../shared/registry/modelVersion";
import type { VersionSummary } from "../shared/registry/versionRow";
import { shown } from "./answer";

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
export function versionSummaryAnswer(version: VersionSummary) {
  return shown(version, summaryFields);
}

/** A version with everything that is known about it. */
export function versionAnswer(version: ModelVersion) {
  return shown(version, versionFields);
}

/** A version's card. */
export function cardAnswer(card: ModelCard) {
  return { ...shown(card, cardFields), facts: versionAnswer(card.facts) };
}

/** What a version goes by. */
export function explanationAnswer(explanation: GlobalExplanation) {
  return shown(explanation, explanationFields);
}
