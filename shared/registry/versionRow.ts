import { z } from "zod";
import { documentType, objectOf, unchanged } from "../documents";

/** Number, hash, size and time of a version. */
export interface VersionSummary {
  model: string;
  version: number;
  sha256: string;
  sizeBytes: number;
  createdAt: string;
  /** baselines that it is not shown to beat; absent if there are none */
  notShownBetter?: string[];
}

/** A version's row in table `models`. */
export interface VersionRow extends Omit<VersionSummary, "model" | "notShownBetter"> {
  /** blob of the details, in container `models` */
  details: string;
  /** absent in older versions */
  detailsSha256?: string;
  /** baselines, separated by commas */
  notShownBetter?: string;
}

export const versionRows = documentType(
  objectOf<VersionRow>({
    version: z.int().min(1),
    sha256: z.string(),
    sizeBytes: z.number(),
    createdAt: z.string(),
    details: z.string(),
    detailsSha256: z.string().optional(),
    notShownBetter: z.string().optional(),
  }),
  [unchanged],
);
