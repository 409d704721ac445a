import type { z } from "zod";
import type { AlertChange } from "../../alerts/alertChange";
import type { DocumentType } from "../../documents";
import type { TelemetryAttributes } from "../../ports";
import type { Profile } from "../profile";
import type { TrainingProfile } from "../trainingProfile";
import type { Verdict } from "../verdict";

/** The setting that every signal has; each has more. */
export interface SignalSettings {
  enabled: boolean;
}

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

/** What a signal may see of the champion that is watched; nothing is read before the signal asks for it. */
export interface Watched<Settings> {
  version: number;
  settings: Settings;
  /** when the signal is evaluated */
  at: Date;
  trainingProfile(): Promise<TrainingProfile>;
  capturedRows(wanted: WindowWanted): Promise<CapturedRows>;
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
  /** how the details of its results are kept */
  document: DocumentType<object>;
  evaluate(watched: Watched<Settings>): Promise<Evaluation>;
}
