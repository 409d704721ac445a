import type { MonitoringReference } from "../../monitoring/reference";
import type { TrainingProfile } from "../../monitoring/trainingProfile";
import type { ModelSignature } from "../../onnx/signature";

/** How wire formats read captured requests. */
export interface CapturedBodies {
  /**
   * The rows of a captured request in the format of that name, cells in signature order; undefined if the format cannot
   * read it or is unknown.
   */
  rowsOf(format: string, captured: unknown, signature: ModelSignature): unknown[][] | undefined;
  /** The fields of its rows by name, where the format names them. */
  fieldsOf(format: string, captured: unknown): Record<string, unknown>[] | undefined;
}

/** The version whose bins count. */
export interface WatchedVersion {
  signature: ModelSignature;
  training: TrainingProfile;
  /** of the bins in which predicted numbers are counted */
  valueEdges?: MonitoringReference["holdout"]["valueEdges"];
}

/** What a use case says of its columns. */
export interface CapturedColumns {
  entity?: string;
  time?: string;
  /** every column that it declares */
  known: ReadonlySet<string>;
  /** columns whose cells are not captured, or only as a mask that tells nothing of them */
  unreadable: ReadonlySet<string>;
  /** what a text of a sensitive column was captured as */
  masked?: Record<string, (text: string) => string>;
}
