import { odata, RestError, TableClient, type TransactionAction } from "@azure/data-tables";
import { AppError } from "../errors";
import type { TableOperation, TableRow, TableStore } from "../ports";
import { allowLoopbackHttp, identityCredential, type StorageConnection, tableRetries } from "./connection";
import { answerLimitMs, tellingOutages } from "./storageOutage";

/** TableStore on Azure Table storage; a table is made when the first write finds it missing. */
export function createTableStore(connection: StorageConnection): TableStore {
  const clients = new Map<string, TableClient>();
  const table = (name: string) => {
    const client = clients.get(name) ?? openTable(connection, name);
    clients.set(name, client);
    return client;
  };
  const store: TableStore = {
    get: (name, partitionKey, rowKey) => get(table(name), partitionKey, rowKey),
    list: (name, partitionKey, range) => list(table(name), partitionKey, range),
    transaction: (name, operations) => transact(table(name), operations),
  };
  return tellingOutages(store, answerLimitMs);
}

function openTable(connection: StorageConnection, name: string): TableClient {
  if (connection.kind === "connectionString") {
    const { connectionString } = connection;
    const options = { ...allowLoopbackHttp(connectionString), retryOptions: tableRetries };
    return TableClient.fromConnectionString(connectionString, name, options);
  }
  const credential = identityCredential(connection.clientId);
  return new TableClient(connection.tableUrl, name, credential, { retryOptions: tableRetries });
}

function isMissing(error: unknown): boolean {
  return error instanceof RestError && error.statusCode === 404;
}

/**
 * Whether a row can have this key: the service answers a read or a listing with another one by an error. Source:
 * https://learn.microsoft.com/rest/api/storageservices/understanding-the-table-service-data-model
 */
function isKey(key: string): boolean {
  if (!key.isWellFormed()) return false;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
  return key !== "" && key.length <= 512 && !/[/\\#?\u0000-\u001f\u007f-\u009f]/.test(key);
}

async function get(table: TableClient, partitionKey: string, rowKey: string): Promise<TableRow | undefined> {
  if (!isKey(partitionKey) || !isKey(rowKey)) return undefined;
  try {
    return toRow(await table.getEntity(partitionKey, rowKey));
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

async function* list(
  table: TableClient,
  partitionKey: string,
  range: { from?: string; to?: string; limit?: number } = {},
): AsyncIterable<TableRow> {
  if (!isKey(partitionKey)) return;
  const filter = [odata`PartitionKey eq ${partitionKey}`];
  if (range.from !== undefined) filter.push(odata`RowKey ge ${range.from}`);
  if (range.to !== undefined) filter.push(odata`RowKey lt ${range.to}`);
  let left = range.limit ?? Number.POSITIVE_INFINITY;
  if (left <= 0) return;
  try {
    for await (const entity of table.listEntities({ queryOptions: { filter: filter.join(" and ") } })) {
      yield toRow(entity);
      if (--left <= 0) return;
    }
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}

function toRow(entity: object): TableRow {
  const { timestamp: _timestamp, "odata.metadata": _metadata, ...row } = entity as Record<string, unknown>;
  return row as TableRow;
}

async function transact(table: TableClient, operations: TableOperation[]): Promise<void> {
  const send = () => table.submitTransaction(operations.map(toAction));
  try {
    await send();
  } catch (error) {
    if (!(error instanceof RestError)) throw error;
    if (codeOf(error) !== "TableNotFound") throw translate(error);
    await table.createTable();
    await send().catch((again) => {
      throw again instanceof RestError ? translate(again) : again;
    });
  }
}

function toAction(operation: TableOperation): TransactionAction {
  if (operation.kind === "delete") return ["delete", operation.row];
  const { etag: _etag, ...entity } = operation.row;
  if (operation.kind === "insert") return ["create", entity];
  if (operation.kind === "upsert") return ["upsert", entity, "Replace"];
  return ["update", entity, "Replace", { etag: operation.etag ?? "*" }];
}

function codeOf(error: RestError): string {
  const details = error.details as { odataError?: { code?: string }; code?: string } | undefined;
  return details?.odataError?.code ?? error.code ?? "";
}

/** The service's conflicts as the two codes that callers decide races by. */
function translate(error: RestError): unknown {
  const code = codeOf(error);
  if (error.statusCode === 409 || code === "EntityAlreadyExists")
    return new AppError("conflict", "a row with this key exists already", { cause: error });
  if (error.statusCode === 412 || (error.statusCode === 404 && code === "ResourceNotFound"))
    return new AppError("precondition_failed", "the row has changed since it was read", { cause: error });
  return error;
}
