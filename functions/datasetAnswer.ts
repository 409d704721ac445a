import type { DatasetVersion, RejectedDataset } from "../shared/data/datasetRegistry";
import { shown } from "./answer";

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
export function datasetAnswer(version: DatasetVersion) {
  return shown(version, versionFields);
}

/** A dataset that was refused. */
export function rejectedAnswer(rejected: RejectedDataset) {
  return shown(rejected, rejectedFields);
}
