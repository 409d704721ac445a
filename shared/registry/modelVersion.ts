import { z } from "zod";
import type { CheckResult } from "../data/checkResult";
import type { DataDescription } from "../data/describeData";
import type { ClassCurves } from "../evaluation/classCurves";
import type { ExpectedSaving } from "../evaluation/expectedSaving";
import type { Resampling } from "../evaluation/resampling";
import type { SliceMetric } from "../evaluation/sliceMetrics";
import type { ValueCurves } from "../evaluation/valueCurves";
import { entityName, entityNameRule } from "../names";
import type { ModelSignature } from "../onnx/signature";

/** How the gate judged a version when it was registered. */
export interface GateVerdict {
  decision: "promoted" | "refused" | "not judged";
  reasons: string[];
}

/** Interval of a difference of the selection metric, this version minus the other; negative is better for losses. */
export interface MetricDifference {
  against: string;
  difference: number;
  low: number;
  high: number;
  confidence: number;
}

/** A hold-out metric of the version itself, with its interval. */
export interface MetricInterval {
  value: number;
  low: number;
  high: number;
  confidence: number;
}

/** How the version's probabilities would be decided at least cost; two classes only. */
export interface CostThresholds {
  /** the threshold in the graph */
  decided: number;
  /** from the cost matrix alone, right if the probabilities are; null if one decision always costs less */
  theoretical: number | null;
  /** the cheapest on the hold-out: chosen in hindsight, and therefore optimistic */
  bestOnHoldout: { threshold: number; costPerRow: number };
}

/** Cost of the version's decisions on the hold-out, compared with alternatives. */
export type VersionSaving = ExpectedSaving & { thresholds?: CostThresholds };

/** The run's search and the trial that it chose. */
export interface SearchDescription {
  kind: string;
  trials: number;
  failedTrials: number;
  foldScores: (number | null)[];
  mean: number;
  standardError: number;
  /** of the chosen trial's folds */
  fitSeconds: number;
}

/** Where a version comes from: enough to follow a prediction back to the rows behind it. */
export interface VersionLineage {
  source: "training" | "upload";
  runId?: string;
  usecase?: string;
  usecaseHash?: string;
  /** blob with the use case's spec as the run followed it */
  usecaseSpec?: string;
  datasetVersions?: number[];
  /** Parquet blob with the prepared rows: dataset version, row in its file, role in the split, label, columns */
  preparedRows?: string;
  uploadedAs?: string;
  /** SHA-256 of the file as it was dropped, if it was changed before it was registered */
  uploadedSha256?: string;
  /** what was changed, in sentences */
  changes?: string[];
  codeRevision: string;
}

/** Everything about an immutable model version but its bytes; a JSON document in blob storage. */
export interface VersionDetails {
  signature: ModelSignature;
  lineage: VersionLineage;
  learner?: string;
  parameters?: Record<string, unknown>;
  seed?: number;
  selectionMetric?: string;
  /** hold-out metrics of the model, then of each baseline under its name */
  metrics?: Record<string, unknown>;
  baselines?: Record<string, Record<string, unknown>>;
  differences?: MetricDifference[];
  /** metric -> its value and interval on the hold-out; without metrics that are undefined there */
  intervals?: Record<string, MetricInterval>;
  /** what was resampled for the intervals */
  resampling?: Resampling;
  /** hold-out curves of the positive class of two, or of every class */
  curves?: ClassCurves[];
  /** how predicted numbers compare with observed ones, with regression */
  valueCurves?: ValueCurves;
  /** selection metric by part of the hold-out, where the spec asks for slices */
  slices?: SliceMetric[];
  /** where the spec has costs */
  saving?: VersionSaving;
  /** of the data before training and of the behaviour after it */
  checks?: CheckResult[];
  gate: GateVerdict;
  data?: DataDescription;
  /** how the version was chosen among the run's trials */
  search?: SearchDescription;
  /** versions of what trained it */
  environment?: Record<string, string>;
  /** blob with the training profile that drift is measured against */
  trainingProfile?: string;
  /** blob with what monitoring compares with besides; absent in older versions */
  reference?: string;
  /** SHA-256 of the stored documents named here, by container and name; absent in older versions */
  documents?: Record<string, string>;
  /** blob with the sample of training and hold-out rows that explanations are made with */
  background?: string;
}

/** A registered version: its row in the ledger and its details. */
export interface ModelVersion extends VersionDetails {
  /** baselines that it is not shown to beat (the interval of the difference includes zero); absent if there are none */
  notShownBetter?: string[];
  model: string;
  version: number;
  sha256: string;
  sizeBytes: number;
  createdAt: string;
}

export const modelName = z.string().regex(entityName, `a model name must ${entityNameRule}`);

export const aliasNames = ["champion", "challenger", "previous"] as const;
export type AliasName = (typeof aliasNames)[number];
/** Aliases that a person may move; `previous` follows the champion automatically. */
export const movableAliases = ["champion", "challenger"] as const;
