import type { DatasetVersion, RejectedDataset } from "../shared/data/datasetRegistry";
import { shownFields } from "./shownFields";

const versionFields = [
  "file",
  "sizeBytes",
  "rowCount",
  "labelledRows",
  "blob",
  "profile",
  "profileSha256",
  "from",
  "to",
  "droppedAt",
  "version",
  "sha256",
  "createdAt",
  "usecase",
  "status",
  "notes",
  "withdrawn",
] as const;

const rejectedFields = [
  "file",
  "sizeBytes",
  "reasonCount",
  "blob",
  "sha256",
  "rejectedAt",
  "usecase",
  "status",
  "reasons",
] as const;

/** An accepted dataset version. */
export function datasetReply(version: DatasetVersion) {
  return shownFields(version, versionFields);
}

/** A dataset that was refused. */
export function rejectedReply(rejected: RejectedDataset) {
  return shownFields(rejected, rejectedFields);
}
