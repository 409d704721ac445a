import type { BlobInfo, BlobStore } from "../ports";
import { placeInInbox } from "./inboxes";
import type { InboxLedger, InboxRecord, InboxVerdict } from "./inboxLedger";

/** A file of an inbox with what became of it. */
export interface InboxEntry extends Partial<Omit<InboxRecord, "status" | "unknownUsecase" | "droppedAt">> {
  inbox: string;
  /** the use case or model that it was dropped for */
  folder: string;
  file: string;
  sizeBytes: number;
  droppedAt: string;
  /** pending until it is judged; `reason` then says why a try failed */
  status: "pending" | "accepted" | "rejected";
}

/** The files of an inbox whose names start with `prefix`, each with the verdict on it as it lies there now. */
export async function listInbox(
  ports: { blobs: BlobStore; inbox: InboxLedger },
  inbox: string,
  prefix?: string,
): Promise<InboxEntry[]> {
  const verdicts = await ports.inbox.all();
  const entries: InboxEntry[] = [];
  for await (const blob of ports.blobs.list(inbox, prefix)) {
    const place = { inbox, ...placeInInbox(blob.name) };
    const dropped = { sizeBytes: blob.sizeBytes, droppedAt: blob.lastModified.toISOString() };
    entries.push({ ...place, ...dropped, ...verdictOn(blob, verdicts.get(`${inbox}/${blob.name}`)) });
  }
  return entries;
}

function verdictOn(
  blob: BlobInfo,
  verdict: InboxVerdict | undefined,
): Pick<InboxEntry, "status"> & Partial<InboxEntry> {
  if (verdict === undefined || !isOf(verdict, blob)) return { status: "pending" };
  const { status = "accepted", sha256, reason, version, created, runId, judgedAt } = verdict;
  if (status === "failed") return { status: "pending", sha256, reason };
  return { status, sha256, reason, version, created, runId, judgedAt };
}

/** Whether the blob was judged in the state that it has: under its entity tag, or after it was written. */
function isOf({ seenEtag, judgedAt }: InboxVerdict, { etag, lastModified }: BlobInfo): boolean {
  return seenEtag === etag || (judgedAt !== undefined && judgedAt >= lastModified.toISOString());
}
