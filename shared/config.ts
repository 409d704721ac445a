import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import { type OwnWebhooks, ownWebhookUrls } from "./alerts/channels/ownWebhooks";
import { type Destination, readDestinations } from "./alerts/channels/registry";
import type { MessageAddresses } from "./alerts/message/composeMessage";
import type { StorageConnection } from "./azure/connection";
import type { TelemetrySettings } from "./azure/telemetry";
import { inputFaults } from "./inputFaults";
import type { ModelLimits } from "./onnx/modelLimits";
import { packageRoot } from "./packageRoot";

const flag = z.enum(["true", "false", "1", "0"]).transform((text) => text === "true" || text === "1");

const webAddress = z.url({ protocol: /^https?$/ }).transform((text) => text.replace(/\/+$/, ""));

const captureMode = z
  .enum(["true", "1", "false", "0", "durable"])
  .transform((text) => (text === "durable" ? text : text === "true" || text === "1" ? "buffered" : "off"));

const environment = z.object({
  AzureWebJobsStorage: z.string().min(1).optional(),
  AzureWebJobsStorage__accountName: z.string().min(3).optional(),
  AzureWebJobsStorage__blobServiceUri: z.url().optional(),
  AzureWebJobsStorage__queueServiceUri: z.url().optional(),
  AzureWebJobsStorage__tableServiceUri: z.url().optional(),
  AzureWebJobsStorage__clientId: z.string().optional(),
  APPLICATIONINSIGHTS_CONNECTION_STRING: z.string().min(1).optional(),
  /** where a local stand-in for the ingestion endpoint listens; tests and benches only */
  TIDEGATE_INGESTION_URL: z.url().optional(),
  /** set by the local host's start: this process records requests, since no Functions host does */
  TIDEGATE_EMIT_REQUESTS: flag.default(false),
  TIDEGATE_USECASES: z.string().min(1).optional(),
  TIDEGATE_DEFAULT_MODEL: z.string().min(1).optional(),
  /** with which sensitive columns are hashed in captured requests */
  TIDEGATE_HASH_KEY: z.string().min(16, "at least 16 characters are needed").optional(),
  TIDEGATE_CAPTURE: captureMode.default("buffered"),
  TIDEGATE_MAX_BODY_MB: z.coerce.number().positive().max(1024).default(64),
  TIDEGATE_ALIAS_MAX_AGE_MS: z.coerce.number().int().min(100).max(600_000).default(5_000),
  TIDEGATE_MAX_MODEL_MB: z.coerce.number().positive().max(2000).default(200),
  TIDEGATE_MAX_MODEL_COLUMNS: z.coerce.number().int().min(1).max(1_000_000).default(10_000),
  TIDEGATE_DATA_MEMORY_MB: z.coerce.number().min(300).max(100_000).default(1000),
  TIDEGATE_SCORING_TIMEOUT_MS: z.coerce.number().int().min(10).max(600_000).default(1_000),
  TIDEGATE_UPLOADED_MODEL_MB: z.coerce.number().min(128).max(1_000_000).default(1_024),
  TIDEGATE_MODEL_CACHE_MB: z.coerce.number().positive().default(512),
  /** training worker threads in one instance */
  TIDEGATE_TRAINING_THREADS: z.coerce.number().int().min(1).max(64).default(1),
  TIDEGATE_ACTION_WEBHOOKS: ownWebhookUrls,
  /** signs what channels and actions post; read by both */
  TIDEGATE_WEBHOOK_SECRET: z.string().optional(),
  TIDEGATE_BLOB_SOURCE: z.enum(["LogsAndContainerScan", "EventGrid"]).default("LogsAndContainerScan"),
  // set by the platform, each on other plans: one name an instance, so that two never append to one capture blob
  WEBSITE_POD_NAME: z.string().min(1).optional(),
  CONTAINER_NAME: z.string().min(1).optional(),
  WEBSITE_INSTANCE_ID: z.string().min(1).optional(),
  TIDEGATE_CODE_REVISION: z.string().optional(),
  /** where people reach the app; the platform's name for it otherwise */
  TIDEGATE_PUBLIC_URL: webAddress.optional(),
  WEBSITE_HOSTNAME: z.string().min(1).optional(),
  TIDEGATE_RUNBOOK_URL: webAddress.optional(),
});

/** Everything the app reads from its environment, checked once at start. */
export interface Config {
  storage: StorageConnection;
  telemetry: TelemetrySettings;
  usecasesFolder: string;
  defaultModel?: string;
  /** buffered: written within a second; durable: before the reply */
  capture: "off" | "buffered" | "durable";
  /** with which sensitive columns are hashed in captured requests */
  hashKey?: string;
  /** a larger request is refused unread */
  maxBodyBytes: number;
  /** a request by an alias that was read longer ago waits for it to be read again */
  aliasMaxAgeMs: number;
  /** of models that were trained elsewhere */
  modelLimits: ModelLimits;
  /** of the process that reads datasets */
  dataMemoryBytes: number;
  /** for one run of a model on up to 100 rows */
  scoringTimeoutMs: number;
  /** memory of the process that runs a model trained elsewhere */
  uploadedModelBytes: number;
  modelCacheBytes: number;
  trainingThreads: number;
  /** how a dropped file is noticed: by looking, or by events */
  blobSource: "LogsAndContainerScan" | "EventGrid";
  /** at most 24 characters of a-z, A-Z, 0-9 and - */
  instance: string;
  codeRevision: string;
  /** where alerts are told */
  destinations: Destination[];
  /** what the action "webhook" may call */
  ownWebhooks: OwnWebhooks;
  messageAddresses: MessageAddresses;
}

/** Reads the environment; throws with each bad setting's name and reason, so that a wrong value stops the start. */
export function readConfig(env: NodeJS.ProcessEnv, appRoot: string): Config {
  const set = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ""));
  const parsed = environment.safeParse(set);
  const { destinations, faults } = readDestinations(set);
  if (!parsed.success)
    faults.unshift(...inputFaults(parsed.error.issues).map(({ path: name, message }) => `${name}: ${message}`));
  if (!parsed.success || faults.length > 0) throw new Error(`the app settings are wrong: ${faults.join("; ")}`);
  const values = parsed.data;
  return {
    storage: storageOf(values),
    telemetry: {
      connectionString: values.APPLICATIONINSIGHTS_CONNECTION_STRING,
      ingestionUrl: values.TIDEGATE_INGESTION_URL,
      recordRequests: values.TIDEGATE_EMIT_REQUESTS,
    },
    usecasesFolder: path.resolve(appRoot, values.TIDEGATE_USECASES ?? "models"),
    defaultModel: values.TIDEGATE_DEFAULT_MODEL,
    capture: values.TIDEGATE_CAPTURE,
    hashKey: values.TIDEGATE_HASH_KEY,
    maxBodyBytes: values.TIDEGATE_MAX_BODY_MB * 2 ** 20,
    aliasMaxAgeMs: values.TIDEGATE_ALIAS_MAX_AGE_MS,
    modelLimits: {
      bytes: values.TIDEGATE_MAX_MODEL_MB * 2 ** 20,
      columns: values.TIDEGATE_MAX_MODEL_COLUMNS,
    },
    dataMemoryBytes: values.TIDEGATE_DATA_MEMORY_MB * 2 ** 20,
    scoringTimeoutMs: values.TIDEGATE_SCORING_TIMEOUT_MS,
    uploadedModelBytes: values.TIDEGATE_UPLOADED_MODEL_MB * 2 ** 20,
    modelCacheBytes: values.TIDEGATE_MODEL_CACHE_MB * 2 ** 20,
    trainingThreads: values.TIDEGATE_TRAINING_THREADS,
    blobSource: values.TIDEGATE_BLOB_SOURCE,
    instance: instanceName(values),
    codeRevision: values.TIDEGATE_CODE_REVISION ?? packagedRevision(appRoot) ?? "unknown",
    destinations,
    ownWebhooks: { urls: values.TIDEGATE_ACTION_WEBHOOKS, secret: values.TIDEGATE_WEBHOOK_SECRET },
    messageAddresses: { app: publicUrl(values), runbook: values.TIDEGATE_RUNBOOK_URL },
  };
}

function publicUrl({ TIDEGATE_PUBLIC_URL: set, WEBSITE_HOSTNAME: host }: z.infer<typeof environment>) {
  if (set !== undefined || host === undefined) return set;
  return `${host.startsWith("localhost") ? "http" : "https"}://${host}`;
}

/**
 * The platform's name of this instance, by which logs and telemetry know it too; what makes a long one unique may stand
 * anywhere in it.
 */
function instanceName(values: z.infer<typeof environment>): string {
  const given = values.WEBSITE_POD_NAME ?? values.CONTAINER_NAME ?? values.WEBSITE_INSTANCE_ID;
  const name = (given ?? `local-${process.pid}`).replace(/[^a-zA-Z0-9]+/g, "-");
  if (name.length <= 24) return name;
  return `${name.slice(0, 15)}-${createHash("sha256").update(name).digest("hex").slice(0, 8)}`;
}

/** The commit that the app was packaged from, which `npm run package` writes into its package.json. */
function packagedRevision(appRoot: string): string | undefined {
  const file = path.join(appRoot, "package.json");
  return existsSync(file)
    ? (JSON.parse(readFileSync(file, "utf8")) as { codeRevision?: string }).codeRevision
    : undefined;
}

/** The configuration of this process. */
export function processConfig(): Config {
  return readConfig(process.env, packageRoot());
}

const systemNames = ["PATH", "HOME", "LANG", "TZ", "TMPDIR", "TEMP", "TMP", "SystemRoot", "LD_LIBRARY_PATH"];

/** The environment of processes that work on what others sent: what the system needs, no key of ours. */
export function bareEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(systemNames.map((name) => [name, process.env[name]]));
}

function storageOf(values: z.infer<typeof environment>): StorageConnection {
  if (values.AzureWebJobsStorage !== undefined)
    return { kind: "connectionString", connectionString: values.AzureWebJobsStorage };
  const account = values.AzureWebJobsStorage__accountName;
  const address = (service: string) => (account ? `https://${account}.${service}.core.windows.net` : undefined);
  const blobUrl = values.AzureWebJobsStorage__blobServiceUri ?? address("blob");
  const queueUrl = values.AzureWebJobsStorage__queueServiceUri ?? address("queue");
  const tableUrl = values.AzureWebJobsStorage__tableServiceUri ?? address("table");
  if (!blobUrl || !queueUrl || !tableUrl)
    throw new Error(
      "no storage: set AzureWebJobsStorage to a connection string, or AzureWebJobsStorage__accountName (or the three __blobServiceUri, __queueServiceUri, __tableServiceUri) to use the app's identity",
    );
  return { kind: "identity", blobUrl, queueUrl, tableUrl, clientId: values.AzureWebJobsStorage__clientId };
}
