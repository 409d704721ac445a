import { TableServiceClient } from "@azure/data-tables";
import {
  allowLoopbackHttp,
  identityCredential,
  type StorageClients,
  type StorageConnection,
  tableRetries,
} from "./connection";

/** Names of what a storage account must hold. */
export interface StorageNames {
  containers: string[];
  queues: string[];
  tables: string[];
}

/**
 * Creates the containers, queues and tables that are missing: no host does, and a trigger waits silently for what is
 * not there. Asks three times where nothing is missing; safe to repeat.
 */
export async function prepareStorage(
  connection: StorageConnection,
  { blobs, queues }: StorageClients,
  names: StorageNames,
): Promise<void> {
  const tables = openTables(connection);
  await Promise.all([
    createMissing(names.containers, blobs.listContainers(), (name) =>
      blobs.getContainerClient(name).createIfNotExists(),
    ),
    createMissing(names.queues, queues.listQueues(), (name) => queues.getQueueClient(name).createIfNotExists()),
    createMissing(names.tables, tables.listTables(), (name) => tables.createTable(name)),
  ]);
}

async function createMissing(
  wanted: string[],
  found: AsyncIterable<{ name?: string }>,
  create: (name: string) => Promise<unknown>,
): Promise<void> {
  const missing = new Set(wanted);
  for await (const { name } of found) missing.delete(name ?? "");
  await Promise.all([...missing].map(create));
}

function openTables(connection: StorageConnection): TableServiceClient {
  const retryOptions = tableRetries;
  if (connection.kind === "identity")
    return new TableServiceClient(connection.tableUrl, identityCredential(connection.clientId), { retryOptions });
  const { connectionString } = connection;
  const options = { ...allowLoopbackHttp(connectionString), retryOptions };
  return TableServiceClient.fromConnectionString(connectionString, options);
}
