import { createBlobStore } from "../../shared/azure/blobs";
import { connectStorage } from "../../shared/azure/connection";
import { createQueueSender } from "../../shared/azure/queues";
import { createTableStore } from "../../shared/azure/tables";
import { startAzurite } from "./azurite";

/** A real, empty storage account in its own emulator, accessed through the product's adapters. */
export async function startStorage() {
  const azurite = await startAzurite();
  const connection = { kind: "connectionString" as const, connectionString: azurite.connectionString };
  const clients = connectStorage(connection);
  return {
    connectionString: azurite.connectionString,
    clients,
    blobs: createBlobStore(clients.blobs),
    tables: createTableStore(connection),
    queues: createQueueSender(clients.queues),
    stop: azurite.stop,
  };
}

export type Storage = Awaited<ReturnType<typeof startStorage>>;
