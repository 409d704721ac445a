import { writeFile } from "node:fs/promises";
import path from "node:path";
import type { AlertStore } from "../alerts/alertStore";
import { noSuchName } from "../closestName";
import { documentText } from "../documents";
import { isAppError } from "../errors";
import { sha256Of } from "../ledger/verifiedBlobs";
import type { BlobStore, Clock, Telemetry } from "../ports";
import { telemetryEvents } from "../telemetryNames";
import type { Usecase } from "../usecase/loadUsecases";
import { refused } from "./checkDataset";
import { comparisonNotes, type KnownRows } from "./compareVersions";
import { profileDocument } from "./datasetDocuments";
import {
  type DatasetRegistry,
  type DatasetVersion,
  datasetsContainer,
  type NewDataset,
  type Registrant,
  unknownUsecase,
} from "./datasetRegistry";
import type { DataWork, InspectOutcome } from "./dataTasks";
import { judgeKnownBytes, overlapping } from "./droppedAgain";
import { refuseLargeFile } from "./overLimit";
import type { DatasetFile } from "./prepareDataset";
import type { RejectionReason } from "./rejectionReason";
import type { Withdrawal } from "./withdrawals";

export interface RegisterDatasetPorts {
  usecases: Map<string, Usecase>;
  datasets: DatasetRegistry;
  alerts: AlertStore;
  blobs: BlobStore;
  dataWork: DataWork;
  telemetry: Telemetry;
  clock: Clock;
}

export interface DroppedFile {
  usecase: string;
  file: string;
  bytes: Uint8Array;
  /** when it was laid into the inbox, by storage's clock; absent where it is no longer there */
  droppedAt?: Date;
  /** who made the file, where nobody dropped it */
  by?: Registrant;
}

export type RegisterOutcome =
  | { status: "accepted"; version: number; created: boolean }
  | { status: "rejected"; reasons: RejectionReason[] };

const extensions = [".csv.gz", ".csv", ".parquet"];
const rejectedRule = "dataset-rejected";

/**
 * Checks a dropped file against its use case and registers it as the next version, or records why it is refused; safe
 * to repeat.
 */
export async function registerDataset(ports: RegisterDatasetPorts, dropped: DroppedFile): Promise<RegisterOutcome> {
  const usecase = ports.usecases.get(dropped.usecase);
  if (usecase === undefined) return rejectDataset(ports, dropped, [noSuchUsecase(ports, dropped.usecase)]);
  const sha256 = await sha256Of(dropped.bytes);
  const held = await versionOf(ports.datasets, dropped.usecase, sha256);
  const meaning = held && (await judgeKnownBytes(ports.datasets, usecase.spec, held, dropped.droppedAt));
  if (held && meaning === "known") return known(ports, dropped, held);
  if (held?.withdrawn) return rejectDataset(ports, dropped, [outOfUse(held, held.withdrawn)]);
  const extension = extensions.find((one) => dropped.file.toLowerCase().endsWith(one));
  if (extension === undefined)
    return rejectDataset(ports, dropped, [{ message: `the file must end in ${extensions.join(", ")}` }]);
  if (dropped.bytes.byteLength === 0) return rejectDataset(ports, dropped, [{ message: "the file is empty" }]);
  const inspection = await inspect(ports, usecase, dropped.bytes, extension);
  const { check, comparison } = inspection;
  if (!check.accepted) return rejectDataset(ports, dropped, check.reasons, check.reasonCount);
  if (held && comparison && comparison.fresh + comparison.replaced === 0) return known(ports, dropped, held);
  const blob = `${dropped.usecase}/sha256/${sha256}${extension}`;
  await ports.blobs.create(datasetsContainer, blob, dropped.bytes);
  const dataset = { ...(await describeNew(ports, dropped, inspection)), sha256, blob };
  return accept(ports, dataset, held?.version);
}

/** The version that holds bytes of this hash. */
async function versionOf(
  datasets: DatasetRegistry,
  usecase: string,
  sha256: string,
): Promise<DatasetVersion | undefined> {
  const number = await datasets.findByHash(usecase, sha256);
  return number === undefined ? undefined : datasets.version(usecase, number);
}

type Inspection = InspectOutcome & { comparison?: KnownRows };

/** What is recorded of an accepted file; keeps its profile. */
async function describeNew(
  { blobs, clock }: RegisterDatasetPorts,
  { usecase, file, bytes, droppedAt, by }: DroppedFile,
  { check, profile, span, comparison }: Inspection,
): Promise<Omit<NewDataset, "sha256" | "blob">> {
  const profileText = documentText(profileDocument, { columns: profile });
  const profileSha256 = await sha256Of(Buffer.from(profileText));
  const profileBlob = `${usecase}/profiles/${profileSha256}.json`;
  await blobs.create(datasetsContainer, profileBlob, profileText);
  return {
    usecase,
    file,
    sizeBytes: bytes.byteLength,
    rowCount: check.rowCount,
    labelledRows: check.labelledRowCount,
    notes: [...check.notes, ...(comparison ? comparisonNotes(comparison) : [])],
    profile: profileBlob,
    profileSha256,
    ...span,
    droppedAt: (droppedAt ?? clock.now()).toISOString(),
    ...(by && { by }),
  };
}

/**
 * The verdict on a file, and where it is accepted what its columns hold, over which times, and what it means to the
 * rows that are known.
 */
async function inspect(
  { dataWork, datasets, clock }: RegisterDatasetPorts,
  { spec }: Usecase,
  bytes: Uint8Array,
  extension: string,
): Promise<Inspection> {
  try {
    refuseLargeFile(spec.limits, bytes.byteLength);
    return await dataWork.inFolder(async (folder, perform) => {
      const file = path.join(folder, `dataset${extension}`);
      await writeFile(file, bytes);
      const found = await perform({ kind: "inspect", file, spec, nowMs: clock.now().getTime() });
      if (!found.check.accepted) return found;
      const earlier: DatasetFile[] = [];
      const known = found.span ? await overlapping(datasets, spec, found.span) : await datasets.usedVersions(spec.name);
      for (const dataset of known) earlier.push(await datasets.copyTo(folder, dataset));
      if (earlier.length === 0) return found;
      return { ...found, comparison: await perform({ kind: "compare", file, earlier, spec }) };
    });
  } catch (error) {
    if (!isAppError(error, "rejected")) throw error;
    return { check: refused([{ message: error.message }], 1, 0) };
  }
}

async function known(
  ports: RegisterDatasetPorts,
  file: DroppedFile,
  { version }: DatasetVersion,
): Promise<RegisterOutcome> {
  await endRejection(ports, file);
  return { status: "accepted", version, created: false };
}

function outOfUse({ usecase, version }: DatasetVersion, { by, at, reason }: Withdrawal): RejectionReason {
  return {
    message: `these bytes are dataset version ${version}, which ${by} withdrew at ${at}: ${reason}. POST /datasets/${usecase}/${version}/restore puts it back into use`,
  };
}

async function accept(ports: RegisterDatasetPorts, dataset: NewDataset, instead?: number): Promise<RegisterOutcome> {
  const { usecase, rowCount, labelledRows, sizeBytes } = dataset;
  const { version, created } = await ports.datasets.register(dataset, instead);
  if (created)
    ports.telemetry.event(
      telemetryEvents.datasetRegistered,
      { usecase, version },
      { rowCount, labelledRows, sizeBytes },
    );
  await endRejection(ports, dataset);
  return { status: "accepted", version, created };
}

/**
 * A file that was accepted is no longer at fault; neither is one that was dropped under this name before the use case
 * was known.
 */
async function endRejection({ alerts }: RegisterDatasetPorts, { usecase, file }: { usecase: string; file: string }) {
  await alerts.resolve(usecase, rejectedRule, file);
  await alerts.resolve(unknownUsecase, rejectedRule, `${usecase}/${file}`);
}

/** Records a dropped file as rejected, keeps its bytes, and raises an alert. */
export async function rejectDataset(
  ports: Pick<RegisterDatasetPorts, "usecases" | "datasets" | "alerts" | "blobs" | "telemetry">,
  { file, bytes, usecase: named }: DroppedFile,
  reasons: RejectionReason[],
  reasonCount = reasons.length,
): Promise<RegisterOutcome> {
  const sha256 = await sha256Of(bytes);
  const usecase = ports.usecases.has(named) ? named : unknownUsecase;
  const blob = `${usecase}/rejected/${sha256}`;
  await ports.blobs.create(datasetsContainer, blob, bytes);
  const shown = usecase === unknownUsecase && named !== "" ? `${named}/${file}` : file;
  await ports.datasets.reject({
    usecase,
    sha256,
    file: shown,
    sizeBytes: bytes.byteLength,
    reasons,
    reasonCount,
    blob,
  });
  ports.telemetry.event(telemetryEvents.datasetRejected, { usecase }, { reasonCount });
  await ports.alerts.raise({
    subject: usecase,
    rule: rejectedRule,
    severity: "warning",
    summary: `${shown} was rejected: ${reasons[0]?.message ?? "no reason was given"}`,
    evidence: { file: shown, sha256, reasonCount, reasons: reasons.slice(0, 5) },
    file: shown,
  });
  return { status: "rejected", reasons };
}

function noSuchUsecase(ports: RegisterDatasetPorts, name: string): RejectionReason {
  const known = [...ports.usecases.keys()].join(", ");
  const [folder] = name.split("/");
  if (folder !== name && ports.usecases.has(folder))
    return { message: `the file is in a folder below ${folder}/; drop it into ${folder}/ itself` };
  if (name === "") return { message: `the file is not in the folder of a use case; drop it into one of: ${known}` };
  return {
    message: `${noSuchName("use case", name, ports.usecases.keys())}; once there is such a use case, the file is picked up`,
  };
}
