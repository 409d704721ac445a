import type { SampleSizes } from "../noDrift";
import type { FeatureBins, FeatureProfile } from "../profile";
import type { FeatureReference } from "../trainingProfile";
import type { CellFaults } from "../windowProfile";
import type { IntegritySettings } from "./integritySettings";

/** What is known of one column: the window's cells beside those of training. */
export interface ColumnEvidence {
  bins: FeatureBins;
  unit?: string;
  /** rows have a time, so that their order means something */
  isSeries: boolean;
  rows: number;
  counts: FeatureProfile;
  faults: CellFaults;
  /** values that training never saw, with their rows */
  unseen: Record<string, number>;
  trainingRows: number;
  training: FeatureProfile;
  /** absent for versions that were made before it was kept */
  trainingFaults?: CellFaults;
  reference?: FeatureReference;
  /** the largest share of missing values on a training day; 0 where days are not known */
  worstDay: number;
  /** how many independent rows whether a value is missing is worth */
  missingSizes: SampleSizes;
  settings: IntegritySettings;
  /** a standard normal variable exceeds this with the probability that one check may alarm without a fault */
  z: number;
}

/** What one check found in a column. */
export interface ColumnFault {
  check: string;
  /** nothing that is not faulty comes any more, or always the same */
  isTotal: boolean;
  /** what is wrong, without the column's name */
  text: string;
}

/** A check's figures by name, and what it found wrong, if anything. */
export interface CheckResult {
  figures: Record<string, number | string | null | string[]>;
  fault?: ColumnFault;
}
