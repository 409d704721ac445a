import { type RegisterDatasetPorts, rejectDataset } from "../data/registerDataset";
import { isEnvironmental, messageOf } from "../errors";
import { datasetsInbox, feedbackInbox, modelsInbox, placeInInbox } from "../inbox/inboxes";
import type { InboxLedger, InboxRecord } from "../inbox/inboxLedger";
import { cutText } from "../ledger/cutText";
import { sha256Of } from "../ledger/verifiedBlobs";
import type { StartRunPorts } from "../training/startRun";
import { type ReceiveFeedbackPorts, receiveFeedbackFile, rejectFeedbackFile } from "../truth/receiveFeedbackFile";
import { type RegisterUploadPorts, registerUpload, rejectUpload } from "../uploads/registerUpload";
import { receiveDataset } from "./receiveDataset";

export type ReceiveFilePorts = RegisterDatasetPorts &
  StartRunPorts &
  RegisterUploadPorts &
  ReceiveFeedbackPorts & { inbox: InboxLedger };
export type GiveUpPorts = Omit<RegisterDatasetPorts, "dataWork"> &
  Pick<RegisterUploadPorts, "registry"> & { inbox: InboxLedger };

/** A blob of an inbox. */
export interface InboxFile {
  inbox: string;
  name: string;
  bytes: Uint8Array;
  /** where it is known to name these bytes */
  etag?: string;
  /** when it was put there, by the clock of the storage; absent where it is no longer there */
  droppedAt?: Date;
}

export type FileOutcome =
  | { status: "accepted"; version: number; created: boolean; runId?: string }
  | { status: "accepted"; summary: string }
  | { status: "rejected"; reason: string };

/**
 * Checks a dropped file, registers or rejects it, and records which it was. Throws what kept it from that. Safe to
 * repeat.
 */
export async function receiveFile(ports: ReceiveFilePorts, file: InboxFile): Promise<FileOutcome> {
  try {
    const outcome = await take(ports, file);
    await record(ports, file, judged(ports, file, outcome));
    return outcome;
  } catch (error) {
    // whoever gives the file up after the last try reports this reason
    if (!isEnvironmental(error))
      await record(ports, file, { status: "failed", reason: cutText(messageOf(error), 1000) });
    throw error;
  }
}

function take(ports: ReceiveFilePorts, file: InboxFile): Promise<FileOutcome> {
  switch (file.inbox) {
    case datasetsInbox:
      return takeDataset(ports, file);
    case feedbackInbox:
      return takeFeedback(ports, file);
    default:
      return takeModel(ports, file);
  }
}

async function takeFeedback(ports: ReceiveFilePorts, file: InboxFile): Promise<FileOutcome> {
  return receiveFeedbackFile(ports, { ...file, ...placeInInbox(file.name), sha256: await sha256Of(file.bytes) });
}

/** What is remembered of a verdict. */
function judged(
  ports: ReceiveFilePorts,
  { inbox, name }: InboxFile,
  outcome: FileOutcome,
): Omit<InboxRecord, "sha256"> {
  if (outcome.status === "accepted") return outcome;
  const unknownUsecase = inbox !== modelsInbox && !ports.usecases.has(placeInInbox(name).folder);
  return { status: "rejected", reason: cutText(outcome.reason, 1000), unknownUsecase: unknownUsecase || undefined };
}

/** Rejects a file that cannot be processed, with the reason that its last try recorded. */
export async function giveUpFile(ports: GiveUpPorts, file: InboxFile): Promise<FileOutcome> {
  const last = await findRecord(ports, file);
  const why = last?.reason ?? "every attempt failed; the log has the reason for each";
  const reason = `it could not be processed: ${why}`;
  const place = placeInInbox(file.name);
  if (file.inbox === datasetsInbox)
    await rejectDataset(ports, { usecase: place.folder, file: place.file, bytes: file.bytes }, [{ message: reason }]);
  else if (file.inbox === feedbackInbox)
    await rejectFeedbackFile(ports, { ...place, sha256: await sha256Of(file.bytes) }, reason);
  else await rejectUpload(ports, { model: place.folder, file: place.file, bytes: file.bytes }, reason);
  await record(ports, file, { status: "rejected", reason });
  return { status: "rejected", reason };
}

/** What is known of the file with these bytes. */
export async function findRecord(ports: { inbox: InboxLedger }, file: InboxFile): Promise<InboxRecord | undefined> {
  return ports.inbox.find(pathOf(file), await sha256Of(file.bytes));
}

/** Remembers how the file was judged. */
export async function record(
  ports: { inbox: InboxLedger },
  file: InboxFile,
  judged: Omit<InboxRecord, "sha256" | "droppedAt">,
): Promise<void> {
  const { etag, droppedAt } = file;
  await ports.inbox.record(pathOf(file), { ...judged, sha256: await sha256Of(file.bytes), droppedAt }, etag);
}

async function takeDataset(ports: ReceiveFilePorts, { name, bytes, droppedAt }: InboxFile): Promise<FileOutcome> {
  const { folder, file } = placeInInbox(name);
  const outcome = await receiveDataset(ports, { usecase: folder, file, bytes, droppedAt });
  return outcome.status === "accepted" ? outcome : { status: "rejected", reason: outcome.reasons[0]?.message ?? "" };
}

async function takeModel(ports: ReceiveFilePorts, { name, bytes }: InboxFile): Promise<FileOutcome> {
  const { folder, file } = placeInInbox(name);
  const upload = { model: folder, file, bytes };
  const outcome = file.endsWith(".onnx")
    ? await registerUpload(ports, upload)
    : await rejectUpload(ports, upload, nameFault(file));
  return outcome.status === "registered" ? { ...outcome, status: "accepted" } : outcome;
}

function nameFault(file: string): string {
  if (!file.endsWith(".json")) return "the file's name must end in .onnx";
  return `it describes a model that is not there: drop ${file.replace(/\.json$/, ".onnx")} beside it`;
}

function pathOf({ inbox, name }: InboxFile): string {
  return `${inbox}/${name}`;
}
