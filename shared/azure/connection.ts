import type { TokenCredential } from "@azure/identity";
import { BlobServiceClient } from "@azure/storage-blob";
import { QueueServiceClient } from "@azure/storage-queue";

/** How to reach the storage account: a connection string, or service addresses used with the app's own identity. */
export type StorageConnection =
  | { kind: "connectionString"; connectionString: string }
  | { kind: "identity"; blobUrl: string; queueUrl: string; tableUrl: string; clientId?: string };

export interface StorageClients {
  blobs: BlobServiceClient;
  queues: QueueServiceClient;
}

/**
 * Four tries within a second and a half: whoever waits for the answer hears of an outage, and steps of a queue are
 * retried.
 */
const tries = 4;
const firstDelayMs = 200;
const longestDelayMs = 2_000;
export const tableRetries = { maxRetries: tries - 1, retryDelayInMs: firstDelayMs, maxRetryDelayInMs: longestDelayMs };
const retryOptions = { maxTries: tries, retryDelayInMs: firstDelayMs, maxRetryDelayInMs: longestDelayMs };

/** Opens the blob and queue services; no request is sent yet. (Tables have one client each: see tables.ts.) */
export function connectStorage(connection: StorageConnection): StorageClients {
  if (connection.kind === "connectionString") {
    const { connectionString } = connection;
    return {
      blobs: BlobServiceClient.fromConnectionString(connectionString, { retryOptions }),
      queues: QueueServiceClient.fromConnectionString(connectionString, { retryOptions }),
    };
  }
  const credential = identityCredential(connection.clientId);
  return {
    blobs: new BlobServiceClient(connection.blobUrl, credential, { retryOptions }),
    queues: new QueueServiceClient(connection.queueUrl, credential, { retryOptions }),
  };
}

/** The tables SDK refuses http unless asked; only the connection string itself can ask for it. */
export function allowLoopbackHttp(connectionString: string): { allowInsecureConnection: boolean } {
  const insecure = /DefaultEndpointsProtocol=http(;|$)|Endpoint=http:|UseDevelopmentStorage=true/i;
  return { allowInsecureConnection: insecure.test(connectionString) };
}

/** The app's own identity; its package is loaded only where one is used. */
export function identityCredential(clientId?: string): TokenCredential {
  const { DefaultAzureCredential } = require("@azure/identity") as typeof import("@azure/identity");
  return new DefaultAzureCredential({ managedIdentityClientId: clientId });
}
