import { z } from "zod";
import { documentType, jsonColumn, objectOf, unchanged } from "../documents";
import type { ColumnProfile } from "./profileDataset";
import type { RejectionReason } from "./rejectionReason";
import type { Withdrawal } from "./withdrawals";

/** An accepted dataset version as stored in table `datasets`. */
export interface DatasetRow {
  version: number;
  sha256: string;
  file: string;
  sizeBytes: number;
  rowCount: number;
  labelledRows: number;
  notes: string[];
  createdAt: string;
  /** immutable copy and profile, in container `datasets` */
  blob: string;
  profile: string;
  /** absent in older versions */
  profileSha256?: string;
  /** first and last time of its rows, if the spec names a time column; absent in older versions */
  from?: string;
  to?: string;
  /** when its file was dropped, by the storage clock */
  droppedAt?: string;
  /** present if a person took it out of use: runs leave it out */
  withdrawn?: Withdrawal;
}

/** A rejected dataset as stored in table `datasets`. */
export interface RejectedRow {
  sha256: string;
  file: string;
  sizeBytes: number;
  reasons: RejectionReason[];
  /** number of faults; `reasons` has the first ones */
  reasonCount: number;
  rejectedAt: string;
  blob: string;
}

const datasetRow = objectOf<DatasetRow>({
  version: z.int().min(1),
  sha256: z.string(),
  file: z.string(),
  sizeBytes: z.number(),
  rowCount: z.number(),
  labelledRows: z.number(),
  notes: jsonColumn(z.array(z.string())),
  createdAt: z.string(),
  blob: z.string(),
  profile: z.string(),
  profileSha256: z.string().optional(),
  from: z.string().optional(),
  to: z.string().optional(),
  droppedAt: z.string().optional(),
  withdrawn: objectOf<Withdrawal>({ at: z.string(), by: z.string(), reason: z.string() }).optional(),
});

/** A row of a dataset version; an incomplete withdrawal is refused, so that it is not mistaken for none. */
export const datasetRows = documentType(
  z
    .looseObject({})
    .transform(({ withdrawnAt: at, withdrawnBy: by, withdrawReason: reason, ...row }): unknown => {
      const isWithdrawn = [at, by, reason].some((part) => part !== undefined);
      return { ...row, ...(isWithdrawn && { withdrawn: { at, by, reason } }) };
    })
    .pipe(datasetRow),
  [unchanged],
);

const rejectionReason = objectOf<RejectionReason>({
  row: z.number().optional(),
  column: z.string().optional(),
  message: z.string(),
});

export const rejectedRows = documentType(
  objectOf<RejectedRow>({
    sha256: z.string(),
    file: z.string(),
    sizeBytes: z.number(),
    reasons: jsonColumn(z.array(rejectionReason)),
    reasonCount: z.number(),
    rejectedAt: z.string(),
    blob: z.string(),
  }),
  [unchanged],
);

const columns = z.record(
  z.string(),
  z.looseObject({ type: z.string(), count: z.number(), missing: z.number() }),
) as z.ZodType<Record<string, ColumnProfile>>;

/** The column profiles of a dataset version, a blob in container `datasets`; form 0 was the bare columns. */
export const profileDocument = documentType(
  z.object({ columns }),
  [columns.transform((found) => ({ columns: found }))],
  { isFreeAtFirst: true },
);
