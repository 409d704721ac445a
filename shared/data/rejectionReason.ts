/** Why a cell, a row or a file is not acceptable. */
export interface RejectionReason {
  row?: number;
  column?: string;
  message: string;
}
