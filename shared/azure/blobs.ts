import { type BlobServiceClient, type ContainerClient, RestError } from "@azure/storage-blob";
import { AppError } from "../errors";
import type { BlobInfo, BlobStore } from "../ports";
import { tellingOutages } from "./storageOutage";

const createOnly = { ifNoneMatch: "*" };

/** BlobStore on Azure Blob storage; containers are made when the first write finds them missing. */
export function createBlobStore(service: BlobServiceClient): BlobStore {
  const container = (name: string) => service.getContainerClient(name);
  return tellingOutages<BlobStore>({
    read: (name, blob, offset = 0) => read(container(name), blob, offset),
    create: (name, blob, content, contentType) =>
      createdUnlessThere(container(name), () => upload(container(name), blob, content, contentType, createOnly)),
    write: (name, blob, content, contentType) =>
      inContainer(container(name), async () => {
        await upload(container(name), blob, content, contentType);
      }),
    append: (name, blob, content, signal) => append(container(name), blob, content, signal),
    list: (name, prefix) => list(container(name), prefix),
    folders: (name, prefix) => folders(container(name), prefix),
    remove: async (name, blob) => {
      await container(name).getBlobClient(blob).deleteIfExists();
    },
    stat: (name, blob) => stat(container(name), blob),
    download: async (name, blob, path) => {
      await orMissing(container(name).getBlobClient(blob).downloadToFile(path), `${name}/${blob}`);
    },
    upload: (name, blob, path, contentType) =>
      createdUnlessThere(container(name), () =>
        container(name)
          .getBlockBlobClient(blob)
          .uploadFile(path, { conditions: createOnly, blobHTTPHeaders: { blobContentType: contentType } }),
      ),
    stream: async (name, blob, offset, end) => {
      const reply = await orMissing(
        container(name)
          .getBlobClient(blob)
          .download(offset, end - offset),
        `${name}/${blob}`,
      );
      return reply.readableStreamBody as AsyncIterable<Uint8Array>;
    },
  });
}

function statusOf(error: unknown): number | undefined {
  return error instanceof RestError ? error.statusCode : undefined;
}

async function orMissing<T>(work: Promise<T>, what: string): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (statusOf(error) === 404) throw new AppError("not_found", `there is no blob ${what}`, { cause: error });
    throw error;
  }
}

async function inContainer<T>(container: ContainerClient, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof RestError) || error.code !== "ContainerNotFound") throw error;
    await container.createIfNotExists();
    return work();
  }
}

async function createdUnlessThere(container: ContainerClient, work: () => Promise<unknown>): Promise<boolean> {
  try {
    await inContainer(container, work);
    return true;
  } catch (error) {
    const code = error instanceof RestError ? error.code : undefined;
    if (code === "BlobAlreadyExists" || code === "UnauthorizedBlobOverwrite") return false;
    throw error;
  }
}

function upload(
  container: ContainerClient,
  blob: string,
  content: Uint8Array | string,
  contentType?: string,
  conditions?: { ifNoneMatch: string },
) {
  const bytes =
    typeof content === "string"
      ? Buffer.from(content)
      : Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  return container
    .getBlockBlobClient(blob)
    .uploadData(bytes, { conditions, blobHTTPHeaders: { blobContentType: contentType ?? typeByName(blob) } });
}

function typeByName(blob: string): string {
  if (blob.endsWith(".json")) return "application/json";
  if (blob.endsWith(".csv")) return "text/csv";
  return "application/octet-stream";
}

async function read(container: ContainerClient, blob: string, offset: number): Promise<Uint8Array | undefined> {
  try {
    // the SDK's downloadToBuffer asks twice and copies slowly: tens of megabytes would hold up the event loop
    const { readableStreamBody } = await container.getBlobClient(blob).download(offset);
    const pieces: Uint8Array[] = [];
    for await (const piece of readableStreamBody as AsyncIterable<Uint8Array>) pieces.push(piece);
    return Buffer.concat(pieces);
  } catch (error) {
    const status = statusOf(error);
    if (status === 404) return undefined;
    if (status === 416) return new Uint8Array(0); // there is nothing at or after the offset
    throw error;
  }
}

async function append(
  container: ContainerClient,
  blob: string,
  content: Uint8Array,
  abortSignal?: AbortSignal,
): Promise<void> {
  const client = container.getAppendBlobClient(blob);
  const send = () => client.appendBlock(content, content.byteLength, { abortSignal });
  try {
    await send();
  } catch (error) {
    if (error instanceof RestError && error.code === "BlockCountExceedsLimit")
      throw new AppError("too_large", `the append blob ${blob} has reached the maximum number of blocks`, {
        cause: error,
      });
    if (statusOf(error) !== 404) throw error;
    await inContainer(container, () => client.createIfNotExists({ abortSignal }));
    await send();
  }
}

async function* list(container: ContainerClient, prefix?: string): AsyncIterable<BlobInfo> {
  try {
    for await (const { name, properties } of container.listBlobsFlat({ prefix }))
      yield {
        name,
        sizeBytes: properties.contentLength ?? 0,
        etag: properties.etag,
        lastModified: properties.lastModified,
      };
  } catch (error) {
    if (statusOf(error) !== 404) throw error;
  }
}

async function* folders(container: ContainerClient, prefix: string): AsyncIterable<string> {
  try {
    for await (const item of container.listBlobsByHierarchy("/", { prefix }))
      if (item.kind === "prefix") yield item.name;
  } catch (error) {
    if (statusOf(error) !== 404) throw error;
  }
}

async function stat(container: ContainerClient, blob: string): Promise<BlobInfo | undefined> {
  try {
    const found = await container.getBlobClient(blob).getProperties();
    return {
      name: blob,
      sizeBytes: found.contentLength ?? 0,
      etag: found.etag ?? "",
      lastModified: found.lastModified ?? new Date(0),
    };
  } catch (error) {
    if (statusOf(error) === 404) return undefined;
    throw error;
  }
}
