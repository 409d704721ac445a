import type { z } from "zod";
import type { AlertChange } from "../../alerts/alertChange";
import type { DocumentType } from "../../documents";
import type { TelemetryAttributes } from "../../ports";
import type { Finding } from "../finding";
import type { HourOutcomes } from "../outcomeProfile";
import type { Profile } from "../profile";
import type { MonitoringReference } from "../reference";
import type { ServiceProfile } from "../serviceProfile";
import type { TrainingProfile } from "../trainingProfile";
import type { Verdict } from "../verdict";
import type { TimeRange, WindowProfile } from "../windowProfile";

/** The settings that every signal has (`scheduleFields` makes the last two); each has more. */
export interface SignalSettings {
  enabled: boolean;
  schedule: string;
  timeZone: string;
}

/** What there must be of a model for a signal to watch it; a champion is needed in any case. */
export type SignalNeed =
  /** scored rows are captured */
  | "captures"
  /** the version has a profile of its training rows */
  | "trainingProfile"
  /** the use case declares a label, by which predictions can turn out right or wrong */
  | "labels";

/** Which captured rows a signal asks for. */
export interface WindowWanted {
  windowHours: number;
  /** while the window holds fewer than `rowsNeeded`, it reaches further back, to at most so many hours */
  maxWindowHours: number;
  rowsNeeded: number;
}

/** The newest captured rows, counted; the window ends at the time of the evaluation. */
export interface CapturedRows {
  profile: Profile;
  rows: number;
  /** requests of the window whose rows no wire format could read */
  unreadableRequests: number;
  from: Date;
  hours: number;
}

/** What a use case declares of the model that is watched. */
export interface WatchedModel {
  name: string;
  task: "classification" | "regression";
  /** in the order of the version's probabilities; empty for regression */
  classes: string[];
  /** the positive one of two classes */
  positive?: string;
  inputs: WatchedInput[];
  /** columns by which metrics are also told, entity and time among them */
  slices: string[];
  horizonHours?: number;
  /** rows have a time, so that neighbours are alike and seasons matter */
  isSeries: boolean;
}

/** One input of the model as its use case declares it. */
export interface WatchedInput {
  name: string;
  type: "number" | "category";
  unit?: string;
  /** length of the cycle of a cyclic number */
  cyclic?: number;
  min?: number;
  max?: number;
  sentinels: (number | string)[];
  values?: string[];
  nullable: boolean;
}

/** How much each input adds to a model's answers over some rows. */
export interface AttributedRows {
  method: string;
  rows: number;
  /** mean absolute Shapley value, in the order of the features; none of no rows */
  means: number[];
  /** their standard errors */
  errors: number[];
}

/** What a model relies on, now and over training rows. */
export interface WatchedAttributions {
  features: string[];
  training: AttributedRows;
  now: AttributedRows;
}

/** A result of an earlier evaluation. */
export interface EarlierResult {
  at: string;
  windowStart: string;
  windowEnd: string;
  version: number;
  verdict: Verdict;
  findings: Finding[];
}

/** What a signal may see of the champion that is watched; nothing is read before the signal asks for it. */
export interface Watched<Settings> {
  model: WatchedModel;
  version: number;
  settings: Settings;
  /** when the signal is evaluated */
  at: Date;
  /**
   * where a window of so many hours starts that ends at `at`; days are those of the settings' time zone, of which some
   * have 23 or 25 hours
   */
  windowStart(hours: number): Date;
  trainingProfile(): Promise<TrainingProfile>;
  capturedRows(wanted: WindowWanted): Promise<CapturedRows>;
  /** undefined for versions that were made before it was kept, and for uploaded ones */
  reference(): Promise<MonitoringReference | undefined>;
  /** captured requests of a range; its cost does not grow with rows */
  captured(range: TimeRange): Promise<WindowProfile>;
  /**
   * predictions made in the hours of a range, with the truths known by now, oldest first; hours without are left out
   */
  outcomes(range: TimeRange): Promise<HourOutcomes[]>;
  /**
   * what the version relies on in some rows captured in a range, explained like training rows; undefined for versions
   * without rows to explain by. It takes seconds of the processor, however many rows there are
   */
  attributions(range: TimeRange): Promise<WatchedAttributions | undefined>;
  /** the service's own counts about the model */
  service(range: TimeRange): Promise<ServiceProfile>;
  /** when the newest accepted dataset of the use case came; undefined where there is none */
  newestDatasetAt(): Promise<Date | undefined>;
  /** newest first, before `at`; of this signal unless another is named */
  earlier(limit: number, signal?: string): Promise<EarlierResult[]>;
}

/** What telemetry gets of an evaluation besides its verdict. */
export interface SignalReport {
  event: string;
  measurements: Record<string, number>;
  metrics: { name: string; value: number; attributes: TelemetryAttributes }[];
}

/** What a signal found. */
export interface Evaluation {
  verdict: Verdict;
  /** what is missing, where the verdict is insufficient_data or failed */
  reason?: string;
  windowStart: Date;
  targetRows: number;
  /** what a person should know, in a plain sentence or two; also where nothing is wrong */
  sentence: string;
  /** everything that was judged, one entry each */
  findings: Finding[];
  /** what was compared, with the effective settings; kept as a document of the signal's kind */
  details: object;
  alerts: AlertChange[];
  report: SignalReport;
}

/** Something about a champion that is watched. A signal is one file, and one line in the registry. */
export interface Signal<Settings extends SignalSettings = SignalSettings> {
  /** names its results */
  name: string;
  /** its section of a spec's `monitors`; every field has a default */
  settings: z.ZodType<Settings>;
  needs: readonly SignalNeed[];
  /** how the details of its results are kept */
  document: DocumentType<object>;
  evaluate(watched: Watched<Settings>): Promise<Evaluation>;
}
