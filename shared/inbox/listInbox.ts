import type { OnUnreadable } from "../ledger/readable";
import type { BlobInfo, BlobStore } from "../ports";
import { describedModel, modelsInbox, placeInInbox } from "./inboxes";
import type { InboxLedger, InboxRecord, InboxVerdict } from "./inboxLedger";

/** A file of an inbox with what became of it. */
export interface InboxEntry extends Partial<Omit<InboxRecord, "status" | "unknownUsecase" | "droppedAt">> {
  inbox: string;
  /** the use case or model that it was dropped for */
  folder: string;
  file: string;
  sizeBytes: number;
  droppedAt: string;
  /**
   * pending until it is judged; `reason` then says why a try failed. A description is read with the model that it lies
   * beside, and is not judged by itself.
   */
  status: "pending" | "accepted" | "rejected" | "description";
}

/** Which files of an inbox a list shows. */
export interface InboxWanted {
  /** what their names start with */
  prefix?: string;
  /** told of each record that cannot be read, whose file is then pending with that as its reason; else it is thrown */
  onUnreadable?: OnUnreadable;
}

/** The files of an inbox that are wanted, each with the verdict on it as it lies there now. */
export async function listInbox(
  ports: { blobs: BlobStore; inbox: InboxLedger },
  inbox: string,
  { prefix, onUnreadable }: InboxWanted,
): Promise<InboxEntry[]> {
  const verdicts = await ports.inbox.all(onUnreadable);
  const blobs: BlobInfo[] = [];
  for await (const blob of ports.blobs.list(inbox, prefix)) blobs.push(blob);
  const names = new Set(inbox === modelsInbox ? blobs.map(({ name }) => name) : []);
  return blobs.map((blob) => {
    const place = { inbox, ...placeInInbox(blob.name) };
    const dropped = { sizeBytes: blob.sizeBytes, droppedAt: blob.lastModified.toISOString() };
    if (names.has(describedModel(blob.name) ?? "")) return { ...place, ...dropped, status: "description" };
    return { ...place, ...dropped, ...verdictOn(blob, verdicts.of(`${inbox}/${blob.name}`)) };
  });
}

function verdictOn(
  blob: BlobInfo,
  verdict: InboxVerdict | string | undefined,
): Pick<InboxEntry, "status"> & Partial<InboxEntry> {
  if (typeof verdict === "string") return { status: "pending", reason: verdict };
  if (verdict === undefined || !isOf(verdict, blob)) return { status: "pending" };
  const { status = "accepted", sha256, reason, version, created, runId, summary, judgedAt } = verdict;
  if (status === "failed") return { status: "pending", sha256, reason };
  return { status, sha256, reason, version, created, runId, summary, judgedAt };
}

/** Whether the blob was judged in the state that it has: under its entity tag, or after it was written. */
function isOf({ seenEtag, judgedAt }: InboxVerdict, { etag, lastModified }: BlobInfo): boolean {
  return seenEtag === etag || (judgedAt !== undefined && judgedAt >= lastModified.toISOString());
}
