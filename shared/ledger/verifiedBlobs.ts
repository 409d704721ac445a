import { createHash, webcrypto } from "node:crypto";
import { createReadStream } from "node:fs";
import { type DocumentType, parseDocument } from "../documents";
import { AppError } from "../errors";
import type { BlobStore } from "../ports";

/** A stored document and the hash in its record; records older than hashes have none, and are read unchecked. */
export interface StoredDocument {
  container: string;
  name: string;
  sha256?: string;
  /** the model or use case that depends on it */
  subject: string;
}

/** A document that is not what was stored. */
export interface ChangedDocument {
  subject: string;
  /** container and name */
  blob: string;
  expected: string;
  actual: string;
}

/** a document that is read all the time is reported at most this often */
const reportEveryMs = 60_000;

/** Reads the documents that decisions depend on; one that has changed is refused (AppError corrupt) and reported. */
export class VerifiedBlobs {
  private readonly reportedAtMs = new Map<string, number>();

  constructor(
    private readonly blobs: BlobStore,
    private readonly report: (changed: ChangedDocument) => Promise<void>,
  ) {}

  /** The document's bytes; AppError file_not_found when they are missing. */
  async read(document: StoredDocument): Promise<Uint8Array> {
    const bytes = await this.blobs.read(document.container, document.name);
    if (bytes === undefined) throw new AppError("file_not_found", `the blob ${pathOf(document)} is missing in storage`);
    if (document.sha256 !== undefined) await this.verify(document, document.sha256, await sha256Of(bytes));
    return bytes;
  }

  /** The document as one of `type`; AppError corrupt also if it cannot be read as one. */
  async readAs<T>(type: DocumentType<T>, document: StoredDocument): Promise<T> {
    return parseDocument(type, await this.read(document), pathOf(document));
  }

  /** Copies the document into a local file. */
  async download(document: StoredDocument, path: string): Promise<void> {
    await this.blobs.download(document.container, document.name, path);
    if (document.sha256 !== undefined) await this.verify(document, document.sha256, await sha256OfFile(path));
  }

  private async verify(document: StoredDocument, expected: string, actual: string): Promise<void> {
    if (actual === expected) return;
    const blob = pathOf(document);
    const now = performance.now();
    if (now - (this.reportedAtMs.get(blob) ?? Number.NEGATIVE_INFINITY) >= reportEveryMs) {
      await this.report({ subject: document.subject, blob, expected, actual });
      this.reportedAtMs.set(blob, now);
    }
    throw new AppError(
      "corrupt",
      `the stored document ${blob} is not what was recorded: its SHA-256 is ${actual}, not ${expected}; put the original back`,
    );
  }
}

function pathOf({ container, name }: StoredDocument): string {
  return `${container}/${name}`;
}

/** The hash of bytes, computed off the event loop. */
export async function sha256Of(bytes: Uint8Array): Promise<string> {
  const digest = await webcrypto.subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>);
  return Buffer.from(digest).toString("hex");
}

/** The hash of a local file. */
export async function sha256OfFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path)) hash.update(chunk);
  return hash.digest("hex");
}

/** Name of the blob that holds content of this hash: `a/b.json` becomes `a/b.{start of the hash}.json`. */
export function hashedName(name: string, sha256: string): string {
  const dot = name.lastIndexOf(".");
  return `${name.slice(0, dot)}.${sha256.slice(0, 16)}${name.slice(dot)}`;
}

/**
 * Writes a document to a blob named after its hash, replacing whatever was there; returns that name and the hash.
 */
export async function writeHashed(
  blobs: BlobStore,
  { container, name }: { container: string; name: string },
  content: Uint8Array | string,
): Promise<{ name: string; sha256: string }> {
  const bytes = typeof content === "string" ? Buffer.from(content) : content;
  const sha256 = await sha256Of(bytes);
  const hashed = hashedName(name, sha256);
  await blobs.write(container, hashed, bytes);
  return { name: hashed, sha256 };
}

/** Writes a document unless it exists: the first writer decides. Returns the hash of what is stored. */
export async function keepDocument(
  blobs: BlobStore,
  { container, name }: { container: string; name: string },
  content: Uint8Array | string,
): Promise<string> {
  const bytes = typeof content === "string" ? Buffer.from(content) : content;
  if (await blobs.create(container, name, bytes)) return sha256Of(bytes);
  return sha256OfStored(blobs, container, name);
}

/** `keepDocument` for a local file. */
export async function keepFile(blobs: BlobStore, container: string, name: string, path: string): Promise<string> {
  if (await blobs.upload(container, name, path)) return sha256OfFile(path);
  return sha256OfStored(blobs, container, name);
}

async function sha256OfStored(blobs: BlobStore, container: string, name: string): Promise<string> {
  const stored = await blobs.read(container, name);
  if (stored === undefined) throw new Error(`the blob ${container}/${name} was there and is gone`);
  return sha256Of(stored);
}
