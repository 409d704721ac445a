import { keepDocument } from "../ledger/verifiedBlobs";
import type { BlobStore } from "../ports";
import type { Usecase } from "../usecase/loadUsecases";

const container = "usecases";

/** Blob (with its container) that holds a use case's spec as it was when its hash was taken. */
export function specBlob(usecase: string, hash: string): string {
  return `${container}/${specName(usecase, hash)}`;
}

function specName(usecase: string, hash: string): string {
  return `${usecase}/${hash}.json`;
}

/**
 * Keeps the spec that a run follows, with its defaults, so that what a version was made by can be read when the spec
 * has changed. Gives the stored document's hash.
 */
export function keepSpec(blobs: BlobStore, { spec, hash }: Usecase): Promise<string> {
  return keepDocument(blobs, { container, name: specName(spec.name, hash) }, JSON.stringify(spec));
}
