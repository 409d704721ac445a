import { z } from "zod";
import { documentType, objectOf, unchanged } from "../documents";

/** Number, hash, size and time of a version. */
export interface VersionSummary {
  model: string;
  version: number;
  sha256: string;
  sizeBytes: number;
  createdAt: string;
  /** baselines that it is not shown to be better than; absent where there are none */
  notShownBetter?: string[];
}

/** A version's row in table `models`. */
export interface VersionRow extends Omit<VersionSummary, "model" | "notShownBetter"> {
  /** blob of the details, in container `models` */
  details: string;
  /** absent in versions from before it was kept */
  detailsSha256?: string;
  /** baselines, a comma between them */
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
